import Neural

/// One image to draw.
package struct SamplingImage: Sendable {
    /// What x_T is made from.
    package enum Start: Sendable {
        /// Noise alone.
        case noise
        /// The tree's image x̂ under the noise of the last step, as when new images are drawn.
        case reconstruction
        /// Another image `[H, W, C]` in [0, 1] under that noise, as when given images are refined.
        case image([Float])
    }

    /// Names its noise; images with one key share it.
    package var key: ImageKey
    /// x̂, `[H, W, C]`, nominally in [0, 1].
    package var reconstruction: [Float]
    package var leaf: Int?
    package var start: Start

    package init(key: ImageKey, reconstruction: [Float], leaf: Int?, start: Start = .reconstruction) {
        self.key = key
        self.reconstruction = reconstruction
        self.leaf = leaf
        self.start = start
    }
}

/// Draws images as a stepper: one denoising step of one chunk of images a call, so that it can be stopped between any two
/// and another run can take its turn. An image's pixels are the same alone and in any chunk.
package final class SamplingRun {
    private let model: DiffusionModel
    private let images: [SamplingImage]
    private let sampler: Sampler
    private let graph: Graph
    private let noise: any DiffusionNoise
    private let chunkSize: Int
    private var chunk: Chunk?
    private var k = 0
    /// What the network is told of it, for each image.
    private var steps: [Int] = []
    /// The finished images in order, `[H, W, C]` in [0, 1] (clamped to it only as far as the sampler clamps).
    package private(set) var results: [[Float]] = []

    /// The images under way.
    private struct Chunk {
        let range: Range<Int>
        let x: Tensor
        let reconstruction: Tensor?
        let signal: Tensor?
        let noSignal: Tensor?
        /// Zeros in place of `reconstruction`.
        let noReconstruction: Tensor?
        let noise: Tensor
    }

    /// Images that go through the network at once.
    static let standardChunk = 16

    /// Throws if the settings or an image do not fit the model.
    /// - Parameters:
    ///   - noise: nil draws it from the images' keys.
    ///   - graph: One for all steps: it prepares each weight once and uses its tensors again.
    ///   - clip: Where x̂_0 is clamped to; nil means the range that the model's pixels have.
    package init(
        _ model: DiffusionModel, images: [SamplingImage], settings: SamplerSettings, chunkSize: Int = standardChunk,
        noise: (any DiffusionNoise)? = nil, clip: ClosedRange<Float>? = nil, in graph: Graph = .inference
    ) throws(DiffusionError) {
        precondition(chunkSize > 0, "SamplingRun: a chunk of \(chunkSize) images cannot be")
        self.model = model
        self.images = images
        self.chunkSize = chunkSize
        self.graph = graph
        self.noise = noise ?? KeyedDiffusionNoise(images.map(\.key))
        sampler = try Sampler(
            model.schedule, settings: settings, formulation: model.description.formulation,
            clip: clip ?? model.description.pixelRange.bounds)
        let network = model.description.network
        guard settings.guidanceWeight == 0 || network.seesReconstruction || network.seesLeaf else {
            throw DiffusionError("This diffusion model has no conditions to guide by; set the guidance weight to 0.")
        }
        try Self.check(images, model)
    }

    /// Denoising steps of single images: all that the run takes, and how many are done.
    package var totalSteps: Int { images.count * sampler.steps }
    package var doneSteps: Int { results.count * sampler.steps + (chunk.map { $0.range.count * k } ?? 0) }
    package var isFinished: Bool { results.count == images.count }

    /// Takes the next chunk of images one denoising step further.
    package func step() {
        precondition(!isFinished, "SamplingRun: all images are finished")
        prepare()
        guard let chunk else { return }
        let predicted = predict(chunk)
        advance(chunk, predicted)
        k += 1
        guard k == sampler.steps else { return }
        let range = model.description.pixelRange
        for index in 0..<chunk.range.count {
            let pixels = UnsafeBufferPointer(start: chunk.x.data + index * pixelCount, count: pixelCount)
            results.append(pixels.map(range.unscaled))
        }
        self.chunk = nil
        k = 0
    }

    /// Sets up x_T of the next chunk where none is under way; `step()` does so by itself.
    package func prepare() {
        if chunk == nil, !isFinished { chunk = begin() }
    }

    /// x_t of the images under way, in the model's pixel range; nil between two chunks.
    package var current: Tensor? { chunk?.x }

    private var pixelCount: Int { model.description.imageShape.reduce(1, *) }
}

extension SamplingRun {
    private static func check(_ images: [SamplingImage], _ model: DiffusionModel) throws(DiffusionError) {
        let description = model.description
        let pixels = description.imageShape.reduce(1, *)
        for image in images {
            if let leaf = image.leaf { try model.requireLeaf(leaf) }
            var needed = [description.network.seesReconstruction ? image.reconstruction.count : pixels]
            switch image.start {
            case .noise: break
            case .reconstruction: needed.append(image.reconstruction.count)
            case .image(let values): needed.append(values.count)
            }
            guard needed.allSatisfy({ $0 == pixels }) else {
                throw DiffusionError(
                    "The diffusion model needs images of shape \(description.imageShape) to start from.")
            }
        }
    }

    /// Sets up the next images: their conditions and x_T.
    private func begin() -> Chunk {
        let range = results.count..<min(results.count + chunkSize, images.count)
        let description = model.description
        let shape = description.imageShape.times(range.count)
        let x = Tensor(shape)
        let reconstruction = description.network.seesReconstruction ? Tensor(shape) : nil
        for (row, index) in range.enumerated() {
            let image = images[index]
            let values = x.data + row * pixelCount
            noise.fill(values, count: pixelCount, image: index, draw: .start)
            let condition = reconstruction.map { $0.data + row * pixelCount }
            if let condition { write(image.reconstruction, to: condition) }
            let start = Scratch(pixelCount)
            switch image.start {
            case .noise: break
            case .reconstruction: write(image.reconstruction, to: start.data)
            case .image(let given): write(given, to: start.data)
            }
            var isNoise = false
            if case .noise = image.start { isNoise = true }
            sampler.start(
                values, count: pixelCount, image: isNoise ? nil : UnsafePointer(start.data),
                reconstruction: condition.map { UnsafePointer($0) })
        }
        let leaves = range.map { images[$0].leaf }
        let isGuided = sampler.settings.guidanceWeight != 0
        return Chunk(
            range: range, x: x, reconstruction: reconstruction, signal: model.network.signal(leaves),
            noSignal: isGuided ? model.network.signal(leaves.map { _ in nil }) : nil,
            noReconstruction: isGuided && reconstruction != nil ? .zeros(shape) : nil, noise: Tensor(shape))
    }

    private func write(_ values: [Float], to target: UnsafeMutablePointer<Float>) {
        let range = model.description.pixelRange
        for index in values.indices { target[index] = range.scaled(values[index]) }
    }

    /// ε̂, guided if asked for: (1 + w) ε̂(x̂, leaf) - w ε̂(none, none) (Ho and Salimans 2021).
    private func predict(_ chunk: Chunk) -> Tensor {
        steps.removeAll(keepingCapacity: true)
        for _ in chunk.range { steps.append(sampler.timestep(k)) }
        let conditional = model.network(
            chunk.x, steps: steps, reconstruction: chunk.reconstruction, signal: chunk.signal, in: graph)
        let weight = Float(sampler.settings.guidanceWeight)
        guard weight != 0 else { return conditional }
        let free = model.network(
            chunk.x, steps: steps, reconstruction: chunk.noReconstruction, signal: chunk.noSignal, in: graph)
        for index in 0..<conditional.count {
            conditional.data[index] = (1 + weight) * conditional.data[index] - weight * free.data[index]
        }
        return conditional
    }

    private func advance(_ chunk: Chunk, _ predicted: Tensor) {
        let needsNoise = sampler.needsNoise(k)
        for (row, index) in chunk.range.enumerated() {
            let offset = row * pixelCount
            let drawn = chunk.noise.data + offset
            if needsNoise { noise.fill(drawn, count: pixelCount, image: index, draw: .step(k)) }
            sampler.advance(
                chunk.x.data + offset, count: pixelCount, step: k, predictedNoise: predicted.data + offset,
                reconstruction: chunk.reconstruction.map { UnsafePointer($0.data + offset) },
                noise: needsNoise ? UnsafePointer(drawn) : nil)
        }
    }
}
