import Neural

/// Inception v3 (Szegedy et al. 2016) up to pool3: the 2048 features that the published Fréchet Inception distance (Heusel
/// et al. 2017) is measured on.
///
/// Images are seen as the published distance sees them: grey as RGB, enlarged to 299×299 by bilinear interpolation
/// (corners not aligned, no antialiasing), values in [−1, 1]. Unchecked Sendable: weights are only read.
package final class Inception: FeatureNetwork, @unchecked Sendable {
    /// How the network pools.
    package enum Pooling: String, Sendable, CaseIterable {
        /// As the network of 2015 that published distances are computed with: means leave padding out, and the last
        /// block's pool takes the largest value.
        case fid
        /// As torchvision's module: means count padded zeros, in every block.
        case torchvision
    }

    private let pooling: Pooling
    private let convolutions: [String: FoldedConvolution]

    /// Images that go through the network at once; bounds memory.
    private static let batch = 8
    private static let side = 299

    /// Takes the weights from a file with torchvision's parameter names. The classifying layers, which pool3 does not need,
    /// may be there or not; anything else that is missing, has another shape or is unknown is an error of one sentence.
    package init(_ file: Safetensors, pooling: Pooling) throws {
        self.pooling = pooling
        var convolutions: [String: FoldedConvolution] = [:]
        for (name, step) in InceptionPlan.convolutions {
            convolutions[name] = try FoldedConvolution(file, name: name, step)
        }
        self.convolutions = convolutions
        try Self.requireKnown(file, convolutions)
    }

    package var dimension: Int { InceptionPlan.featureCount }

    package func features(_ images: Tensor) -> Tensor {
        let graph = Graph.inference
        let parts = stride(from: 0, to: images.shape[0], by: Self.batch).map { first in
            let rows = images.gatheringRows(Array(first..<min(first + Self.batch, images.shape[0])))
            return graph.spatialMean(run(InceptionPlan.steps, on: prepared(rows), in: graph))
        }
        return graph.concatRows(parts)
    }

    private func prepared(_ images: Tensor) -> Tensor {
        let large = BilinearResize.resized(images, to: Self.side).scaled(to: .minusOneOne)
        guard large.channels == 1 else { return large }
        let graph = Graph.inference
        return graph.concatChannels(large, graph.concatChannels(large, large))
    }

    private func run(_ steps: [InceptionPlan.Step], on images: Tensor, in graph: Graph) -> Tensor {
        var x = images
        for step in steps {
            switch step {
            case .convolution(let name, _):
                guard let convolution = convolutions[name] else {
                    preconditionFailure("Inception: there is no convolution \(name)")
                }
                x = graph.activation(convolution(x, in: graph), .relu)
            case .maxPool(let stride): x = Pool3x3.largest(x, stride: stride, padding: stride == 1 ? 1 : 0)
            case .averagePool(let isLast):
                switch pooling {
                case .torchvision: x = Pool3x3.mean(x, countsPadding: true)
                case .fid where isLast: x = Pool3x3.largest(x, stride: 1, padding: 1)
                case .fid: x = Pool3x3.mean(x, countsPadding: false)
                }
            case .branches(let branches):
                let outputs = branches.map { run($0, on: x, in: graph) }
                x = outputs.dropFirst().reduce(outputs[0]) { graph.concatChannels($0, $1) }
            }
        }
        return x
    }

    private static func requireKnown(_ file: Safetensors, _ convolutions: [String: FoldedConvolution]) throws {
        for name in file.names {
            let isUnneeded =
                name.hasPrefix("fc.") || name.hasPrefix("AuxLogits.") || name.hasSuffix(".num_batches_tracked")
            let owner = name.split(separator: ".").dropLast(2).joined(separator: ".")
            guard isUnneeded || convolutions[owner] != nil else {
                throw EvaluationError(
                    "Inception v3 has no tensor \(name.shown(80)); give a safetensors file of torchvision's state "
                        + "dictionary.")
            }
        }
    }
}
