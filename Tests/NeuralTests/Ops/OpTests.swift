import Neural
import TestSupport
import Testing

/// Every operation against its definition in doubles.
@Suite struct OpTests {
    @Test(arguments: OpCases.all)
    func outputsAreThoseOfTheDefinition(_ op: OpCase) {
        let tensors = op.draw()
        let output = op.operation(Graph(training: op.training, recording: true), tensors)
        let expected = op.reference(tensors.map(Array64.init))
        #expect(Array(output.shape) == expected.shape)
        expectClose(output.values.map(Double.init), expected.values, relativeToMax: op.tolerance, op.name)
    }

    /// Central differences are taken of the definition in doubles, where they are good to ten digits, so that gradients
    /// are checked as sharply as outputs.
    @Test(arguments: OpCases.all)
    func gradientsAreThoseOfTheDefinition(_ op: OpCase) {
        let tensors = op.draw()
        let (_, seed, gradients) = op.run(tensors)
        var inputs = tensors.map(Array64.init)
        func loss() -> Double {
            zip(op.reference(inputs).values, seed).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        for index in inputs.indices {
            #expect(gradients[index].count == inputs[index].count, "input \(index) has no gradient")
            guard gradients[index].count == inputs[index].count else { continue }
            let order = RandomKey(seed: 9, use: 0x4F50, step: UInt32(index)).permutation(inputs[index].count)
            let largest = gradients[index].reduce(0) { max($0, $1.magnitude) }
            for element in order.prefix(10) {
                let value = inputs[index].values[element]
                // Small steps keep kinks (ReLU) out; doubles leave room for them.
                let step = 1e-5
                inputs[index].values[element] = value + step
                let above = loss()
                inputs[index].values[element] = value - step
                let slope = (above - loss()) / (2 * step)
                inputs[index].values[element] = value
                let error = (slope - Double(gradients[index][element])).magnitude / Double(largest)
                #expect(error <= 2 * op.tolerance, "input \(index), element \(element): \(error) of the largest")
            }
        }
    }

    /// Gradients are added to what is there, so a second pass doubles them.
    @Test(arguments: OpCases.all)
    func gradientsAdd(_ op: OpCase) {
        let tensors = op.draw()
        let (_, seed, once) = op.run(tensors)
        let graph = Graph(training: op.training, recording: true)
        graph.backward(from: op.operation(graph, tensors), seed: seed)
        for (index, tensor) in tensors.enumerated() {
            let twice = tensor.gradientIfAny.map { Array(UnsafeBufferPointer(start: $0, count: tensor.count)) } ?? []
            expectClose(twice, once[index].map { 2 * $0 }, relativeToMax: 1e-5, "\(op.name), input \(index)")
        }
    }

    /// Nothing is recorded, and no buffer is kept, where no gradient is wanted.
    @Test(arguments: OpCases.all)
    func inferenceNeedsNoGradient(_ op: OpCase) {
        let output = op.operation(Graph(training: op.training, recording: false), op.draw())
        #expect(!output.requiresGradient)
        let constant = op.operation(Graph(training: op.training, recording: true), op.draw(requiresGradient: false))
        #expect(!constant.requiresGradient)
    }
}
