import Neural
import TestSupport
import Testing

@testable import Models

@Suite("Passes through a tree")
struct PassTests {
    @Test("An image's results do not depend on the other images of its batch")
    func company() throws {
        let tree = try SmallExample.tree()
        let dataset = try SmallExample.dataset(count: 9)
        let identities = (0..<9).map { UInt32(100 + $0) }
        let leaf = [0, 1, 2, 2, 1, 0, 0, 1, 2]
        let all = dataset.tensor(0..<9)
        let noise = KeyedNoise(seed: 1, step: 2, images: identities)
        let together = tree.reconstruct(all, leaf: leaf, noise: noise)
        let probabilities = tree.leafProbabilities(all)
        for image in 0..<9 {
            let one = dataset.tensor([image])
            let alone = tree.reconstruct(
                one, leaf: [leaf[image]], noise: KeyedNoise(seed: 1, step: 2, images: [identities[image]]))
            #expect(alone.values == together.gatheringRows([image]).values)
            #expect(tree.leafProbabilities(one).values == probabilities.gatheringRows([image]).values)
        }
    }

    @Test("The way to one leaf gives bit for bit what the whole tree gives")
    func pathEqualsPass() throws {
        let tree = try SmallExample.tree()
        let images = try SmallExample.dataset(count: 6).tensor(0..<6)
        let noise = KeyedNoise(seed: 3, step: 0, images: Array(0..<6))
        let pass = tree.pass(images, noise: noise, in: .inference)
        for leaf in 0..<3 {
            let path = tree.reconstruct(images, leaf: Array(repeating: leaf, count: 6), noise: noise)
            #expect(path.values == pass.leaves[leaf].reconstruction.values)
        }
        #expect(tree.leafProbabilities(images).values == pass.leafProbabilities.values)
    }

    @Test("Leaf probabilities of an image add up to one")
    func normalisation() throws {
        let tree = try SmallExample.tree()
        let table = tree.leafProbabilities(try SmallExample.dataset(count: 4).tensor(0..<4))
        for image in 0..<4 {
            let sum = (0..<3).reduce(Float(0)) { $0 + table.values[image * 3 + $1] }
            #expect((sum - 1).magnitude < 1e-6)
        }
    }

    @Test("New images: one leaf an image is what that leaf's batch holds, and a seed repeats them")
    func generation() throws {
        let tree = try SmallExample.tree()
        let noise = KeyedNoise(seed: 9, step: 0, images: [5, 6, 7])
        let everything = tree.generate(3, noise: noise)
        let sample = tree.sample(3, noise: noise)
        #expect(sample.leafProbabilities.values == everything.leafProbabilities.values)
        let chosen = tree.decode(sample, leaf: [2, 0, 2])
        for (image, leaf) in [2, 0, 2].enumerated() {
            #expect(chosen.gatheringRows([image]).values == everything.images[leaf].gatheringRows([image]).values)
        }
        let alone = tree.generate(1, noise: KeyedNoise(seed: 9, step: 0, images: [6]))
        #expect(alone.images[1].values == everything.images[1].gatheringRows([1]).values)
    }

    @Test("A leaf is drawn as often as it is probable, and the most probable one is the first of the largest")
    func leafChoice() {
        let table = Tensor([1, 3], [0.2, 0.5, 0.3])
        var counts = [0, 0, 0]
        let draws = 6000
        for image in 0..<draws { counts[LeafChoice.sample.choose(table, seed: 1, images: [UInt32(image)])[0]] += 1 }
        for (count, share) in zip(counts, [0.2, 0.5, 0.3]) {
            #expect((Double(count) / Double(draws) - share).magnitude < 0.03)
        }
        #expect(LeafChoice.argmax.choose(table, seed: 1, images: [0]) == [1])
        #expect(LeafChoice.argmax.choose(Tensor([1, 3], [0.4, 0.4, 0.2]), seed: 1, images: [0]) == [0])
    }

    @Test("Threads change nothing")
    func threads() throws {
        let images = try SmallExample.dataset(count: 12).tensor(0..<12)
        func gradients(threads: Int) throws -> [Float] {
            let before = Parallel.threads
            defer { Parallel.threads = before }
            Parallel.threads = threads
            let tree = try SmallExample.tree()
            let graph = Graph(training: true, recording: true)
            let noise = KeyedNoise(seed: 1, step: 1, images: Array(0..<12))
            let loss = tree.pass(images, noise: noise, in: graph).losses.total(alpha: 0.3, in: graph)
            graph.backward(from: loss)
            return tree.state.parameters.flatMap { _, parameter in
                parameter.value.gradientIfAny.map {
                    Array(UnsafeBufferPointer(start: $0, count: parameter.value.count))
                }
                    ?? []
            }
        }
        #expect(try gradients(threads: 1) == gradients(threads: 3))
    }
}
