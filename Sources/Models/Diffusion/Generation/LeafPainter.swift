import Neural

/// The tree's part of a request: leaves are chosen and only those decoded.
struct LeafPainter {
    /// What one leaf drew.
    struct Image {
        /// Which draw or given image it belongs to.
        let draw: Int
        /// Its number under the request's seed.
        let number: UInt32
        let leaf: Int
        let leafProbabilities: [Float]
        /// `[H, W, C]`, not yet clamped: the diffusion model was trained on just these.
        let pixels: [Float]
        let given: [Float]?
    }

    let leafCount: Int
    let imageShape: Shape
    private let tree: TreeVAE
    private let request: GenerationRequest

    init(tree: TreeVAE, request: GenerationRequest) throws(DiffusionError) {
        self.tree = tree
        self.request = request
        leafCount = tree.topology.leaves.count
        let side = tree.configuration.imageSize
        imageShape = [side, side, tree.configuration.imageChannels]
        try check()
    }

    var imagesPerDraw: Int { request.leaves == .all ? leafCount : 1 }

    /// The images of some draws, in order; with all leaves, each draw's leaves in order.
    func paint(_ draws: Range<Int>) -> [Image] {
        let numbers = draws.map(number)
        let noise = KeyedNoise(seed: request.seed, step: 0, images: numbers)
        switch request.source {
        case .prior, .numbered:
            let sample = tree.sample(draws.count, noise: noise)
            return images(draws, numbers, probabilities: sample.leafProbabilities, given: nil) {
                tree.decode(sample, leaf: $0)
            }
        case .reconstruction(let given):
            let given = Array(given[draws])
            let walk = LeafWalk(tree)
            let features = walk.features(batch(given))
            return images(draws, numbers, probabilities: walk.leafProbabilities(features), given: given) {
                walk.reconstruct(features, leaf: $0, noise: noise)
            }
        case .refinement(let given):
            let given = Array(given[draws])
            let images = batch(given)
            return self.images(draws, numbers, probabilities: tree.leafProbabilities(images), given: given) { _ in
                images
            }
        }
    }
}

extension LeafPainter {
    private func check() throws(DiffusionError) {
        guard request.count >= 1 else { throw DiffusionError("No images are asked for; ask for one or more.") }
        guard request.count <= Int(UInt32.max) - Int(request.firstImage) else {
            throw DiffusionError("One seed names 4294967295 images; ask for fewer, or for the rest under another seed.")
        }
        if case .one(let leaf) = request.leaves, !(0..<leafCount).contains(leaf) {
            throw DiffusionError("There is no leaf \(leaf); the tree's leaves are 0 to \(leafCount - 1).")
        }
        let pixels = imageShape.reduce(1, *)
        switch request.source {
        case .prior, .numbered: break
        case .reconstruction(let given), .refinement(let given):
            guard given.allSatisfy({ $0.count == pixels }) else {
                throw DiffusionError("The tree knows images of shape \(imageShape); give images of that shape.")
            }
        }
    }

    private func number(_ draw: Int) -> UInt32 {
        if case .numbered(let numbers) = request.source { return numbers[draw] }
        return request.firstImage &+ UInt32(truncatingIfNeeded: draw)
    }

    private func batch(_ images: [[Float]]) -> Tensor { Tensor(imageShape.times(images.count), images.flatMap(\.self)) }

    /// - Parameter draw: the images of a batch through one leaf each, `[N, H, W, C]`.
    private func images(
        _ draws: Range<Int>, _ numbers: [UInt32], probabilities: Tensor, given: [[Float]]?, draw: ([Int]) -> Tensor
    ) -> [Image] {
        let choices: [[Int]] =
            switch request.leaves {
            case .chosen(let choice): [choice.choose(probabilities, seed: request.seed, images: numbers)]
            case .one(let leaf): [Array(repeating: leaf, count: draws.count)]
            case .all: (0..<leafCount).map { Array(repeating: $0, count: draws.count) }
            }
        let drawn = choices.map(draw)
        return draws.indices.flatMap { draw in
            let row = draw - draws.lowerBound
            return zip(choices, drawn).map { leaves, images in
                Image(
                    draw: draw, number: numbers[row], leaf: leaves[row],
                    leafProbabilities: Self.row(row, of: probabilities), pixels: Self.row(row, of: images),
                    given: given?[row])
            }
        }
    }

    private static func row(_ row: Int, of tensor: Tensor) -> [Float] {
        Array(UnsafeBufferPointer(start: tensor.data + row * tensor.rowSize, count: tensor.rowSize))
    }
}
