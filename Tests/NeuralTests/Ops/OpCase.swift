import Neural
import TestSupport
import Testing

/// One operation at one shape: the kernel and its definition.
struct OpCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// The inputs' shapes; all get gradients.
    let inputs: [[Int]]
    var training = false
    /// Of the largest value: outputs, and gradients against differences of the definition.
    var tolerance = 2e-5
    /// Whether the first axis of the first input and of the output counts images that must not see each other.
    var perImage = true
    /// Inputs whose first axis counts images, besides the first.
    var alsoPerImage: Set<Int> = []
    let operation: @Sendable (Graph, [Tensor]) -> Tensor
    let reference: @Sendable ([Array64]) -> Array64

    var testDescription: String { name }

    /// Inputs drawn from a standard normal distribution.
    func draw(requiresGradient: Bool = true) -> [Tensor] {
        inputs.enumerated().map { index, shape in
            let key = RandomKey(seed: 7, use: 0x4F50, step: UInt32(index))
            return Tensor(Shape(shape), key.normals(shape.reduce(1, *)), requiresGradient: requiresGradient)
        }
    }

    /// The outputs and the gradients of Σ rᵢ outputᵢ, r random, with respect to every input.
    func run(_ tensors: [Tensor]) -> (output: Tensor, seed: [Float], gradients: [[Float]]) {
        for tensor in tensors { tensor.clearGradient() }
        let graph = Graph(training: training, recording: true)
        let output = operation(graph, tensors)
        let seed = RandomKey(seed: 8, use: 0x4F50).normals(output.count)
        graph.backward(from: output, seed: seed)
        let gradients = tensors.map { tensor in
            tensor.gradientIfAny.map { Array(UnsafeBufferPointer(start: $0, count: tensor.count)) } ?? []
        }
        return (output, seed, gradients)
    }
}
