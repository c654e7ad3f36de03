import Neural
import Testing

/// Same numbers whatever the number of cores, and whatever else is in the batch. Serialised: it sets the thread count.
@Suite(.serialized) struct InvarianceTests {
    @Test(arguments: OpCases.all)
    func resultsDoNotDependOnThreads(_ op: OpCase) {
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        let tensors = op.draw()
        Parallel.threads = 1
        let single = op.run(tensors)
        for count in [2, 3, 8] {
            Parallel.threads = count
            let several = op.run(tensors)
            #expect(several.output.values == single.output.values)
            #expect(several.gradients == single.gradients)
        }
    }

    /// Evaluates one image in batches of every size up to 8, at every place, and expects the bits it has alone.
    @Test(arguments: OpCases.all.filter(\.perImage))
    func anImageDoesNotSeeItsCompany(_ op: OpCase) {
        let tensors = op.draw(requiresGradient: false)
        let company = (0..<8).map { place in op.inputs.map { Self.image(of: $0, key: UInt32(place)) } }
        func evaluate(_ images: [Int]) -> [[Float]] {
            let inputs = tensors.enumerated().map { index, tensor in
                guard index == 0 || op.alsoPerImage.contains(index) else { return tensor }
                return Tensor(tensor.shape.with(rows: images.count), images.flatMap { company[$0][index] })
            }
            let values = op.operation(.inference, inputs).values
            let size = values.count / images.count
            return images.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
        }
        let alone = (0..<8).map { evaluate([$0])[0] }
        for count in [2, 3, 5, 7, 8] {
            for first in 0..<8 {
                let images = (0..<count).map { ($0 + first) % 8 }
                let together = evaluate(images)
                for (place, image) in images.enumerated() {
                    #expect(together[place] == alone[image], "image at place \(place) of \(count)")
                }
            }
        }
    }

    private static func image(of shape: [Int], key: UInt32) -> [Float] {
        RandomKey(seed: 11, use: 0x4F50, image: key).normals(shape.dropFirst().reduce(1, *))
    }
}
