import Neural

/// Conditions from a frozen tree: for each image a leaf is chosen by P_l(x), and only that leaf's path and decoder run.
///
/// The tree's latents are drawn afresh at every step, as the authors do, keyed by (seed, step, image).
package final class TreeConditionSource: ConditionSource {
    private let walk: LeafWalk
    private let images: any DiffusionImages
    private let choice: LeafChoice
    private let seed: UInt64
    // Lists of the latest batch, whose memory serves the next.
    private var names: [UInt32] = []
    private var leaf: [Int] = []

    package init(tree: TreeVAE, images: any DiffusionImages, choice: LeafChoice = .sample, seed: UInt64) {
        walk = LeafWalk(tree)
        self.images = images
        self.choice = choice
        self.seed = seed
    }

    package func conditions(for indices: [Int], step: Int) throws -> (reconstruction: Tensor, leaf: [Int]) {
        let number = UInt32(truncatingIfNeeded: step)
        names.removeAll(keepingCapacity: true)
        for index in indices { names.append(UInt32(truncatingIfNeeded: index)) }
        let features = walk.features(images.images(indices, in: walk.graph))
        leaf.removeAll(keepingCapacity: true)
        choice.appendChoices(
            to: &leaf, walk.leafProbabilities(features), seed: seed, step: number, images: names)
        let noise = KeyedNoise(seed: seed, step: number, images: names)
        return (walk.reconstruct(features, leaf: leaf, noise: noise), leaf)
    }
}
