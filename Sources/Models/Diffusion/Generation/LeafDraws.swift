import Neural

/// Which of the images under a seed each leaf draws: what `GenerationRequest` makes of them with `.chosen(.sample)`.
///
/// A leaf's own images are those whose routers led there. Sending any root sample to a leaf would show what the leaf never
/// draws.
package struct LeafDraws {
    /// Of each leaf, the numbers of its first images; fewer than were asked for where the leaf is drawn too rarely.
    package private(set) var numbers: [[UInt32]]
    private let tree: TreeVAE
    private let perLeaf: Int
    private let seed: UInt64
    private var next: UInt32 = 0

    /// More draws a wanted image than this are not made for a leaf that is hardly ever drawn.
    private static let mostDraws = 200
    private static let batch = 256

    package init(_ tree: TreeVAE, perLeaf: Int, seed: UInt64) {
        precondition(perLeaf >= 1, "LeafDraws: \(perLeaf) images a leaf")
        self.tree = tree
        self.perLeaf = perLeaf
        self.seed = seed
        numbers = Array(repeating: [], count: tree.topology.leaves.count)
    }

    package var isFinished: Bool {
        numbers.allSatisfy { $0.count >= perLeaf } || Int(next) >= Self.mostDraws * perLeaf * numbers.count
    }

    /// Draws some more latents; nothing is decoded.
    package mutating func step() {
        let images = (0..<UInt32(Self.batch)).map { next + $0 }
        next += UInt32(Self.batch)
        let sample = tree.sample(images.count, noise: KeyedNoise(seed: seed, step: 0, images: images))
        let leaves = LeafChoice.sample.choose(sample.leafProbabilities, seed: seed, images: images)
        for (image, leaf) in zip(images, leaves) where numbers[leaf].count < perLeaf { numbers[leaf].append(image) }
    }
}
