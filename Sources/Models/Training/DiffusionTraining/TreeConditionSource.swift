import Neural

/// Conditions from a frozen tree: for each image a leaf is chosen by P_l(x), and only that leaf's path and decoder run.
///
/// The tree's latents are drawn afresh at every step, as the authors do, keyed by (seed, step, image).
package final class TreeConditionSource: ConditionSource {
    private let tree: TreeVAE
    private let images: any DiffusionImages
    private let choice: LeafChoice
    private let seed: UInt64

    package init(tree: TreeVAE, images: any DiffusionImages, choice: LeafChoice = .sample, seed: UInt64) {
        self.tree = tree
        self.images = images
        self.choice = choice
        self.seed = seed
    }

    package func conditions(for indices: [Int], step: Int) throws -> (reconstruction: Tensor, leaf: [Int]) {
        let names = indices.map { UInt32(truncatingIfNeeded: $0) }
        let number = UInt32(truncatingIfNeeded: step)
        let features = tree.features(images.images(indices), in: .inference)
        let leaf = choice.choose(
            tree.leafProbabilities(features: features), seed: seed, step: number, images: names)
        let noise = KeyedNoise(seed: seed, step: number, images: names)
        return (tree.reconstruct(features: features, leaf: leaf, noise: noise), leaf)
    }
}
