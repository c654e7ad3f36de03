/// What images a tree, with or without a diffusion model, is asked for.
package struct GenerationRequest: Sendable {
    package enum Source: Sendable {
        /// So many new images from the prior.
        case prior(count: Int)
        /// New images from the prior by their numbers under the seed.
        case numbered([UInt32])
        /// The reconstructions of given images, each `[H, W, C]` in [0, 1].
        case reconstruction([[Float]])
        /// Given images in the place of a tree's, made sharp by the diffusion model alone.
        case refinement([[Float]])
    }

    package enum Leaves: Sendable, Equatable {
        /// One leaf an image: drawn with the leaves' probabilities, or the most probable.
        case chosen(LeafChoice)
        /// This leaf for all.
        case one(Int)
        /// Every image once from each leaf, with the same root sample and the same noise.
        case all
    }

    package var source: Source
    package var leaves: Leaves
    package var seed: UInt64
    /// The number of the first image under that seed, unless the source numbers its images: a request cut in two gives the same images.
    package var firstImage: UInt32
    /// Whether the diffusion of a reconstruction starts from the noised given image, as the authors' does, rather than
    /// from the tree's image of it. 0.6 % of it is left there.
    package var startsFromGivenImage: Bool

    package init(
        _ source: Source, leaves: Leaves = .chosen(.sample), seed: UInt64, firstImage: UInt32 = 0,
        startsFromGivenImage: Bool = false
    ) {
        self.source = source
        self.leaves = leaves
        self.seed = seed
        self.firstImage = firstImage
        self.startsFromGivenImage = startsFromGivenImage
    }

    /// As many new images as go through the networks at once.
    package static let chunk = GenerationRequest(.prior(count: SamplingRun.standardChunk), seed: 0)

    /// Draws or given images, each of which becomes one image, or one a leaf.
    package var count: Int {
        switch source {
        case .prior(let count): count
        case .numbered(let numbers): numbers.count
        case .reconstruction, .refinement: givenCount
        }
    }

    /// Images that come with the request.
    var givenCount: Int {
        switch source {
        case .prior, .numbered: 0
        case .reconstruction(let images), .refinement(let images): images.count
        }
    }
}
