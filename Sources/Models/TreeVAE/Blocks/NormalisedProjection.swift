import Neural

/// How routers and contrastive projections begin: a 3×3 convolution to one channel, all pixels through an affine map, and a
/// batch normalisation. Neither of the first two has a bias.
final class NormalisedProjection: Module {
    private let convolution: Conv2D
    private let linear: Linear
    private let norm: BatchNorm

    /// - Parameters:
    ///   - inputs: channels of what it reads.
    ///   - size: r, the height and width of what it reads.
    init(_ inputs: Int, size: Int, width: Int, using initialiser: inout Initialiser) {
        convolution = Conv2D(inputs, 1, kernel: 3, padding: 1, bias: false, using: &initialiser)
        linear = Linear(size * size, width, bias: false, using: &initialiser)
        norm = BatchNorm(width, using: &initialiser)
    }

    /// `[N, r, r, inputs]` to `[N, width]`.
    func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        let (centred, mean) = graph.convolveToOneChannel(x, weight: convolution.weight.value)
        return graph.batchNorm(linear(centred, in: graph), norm.normalisation, less: image(of: mean, in: graph))
    }

    /// What the affine map makes of the mean that was taken away before it.
    private func image(of mean: Doubles, in graph: Graph) -> Doubles {
        let weight = linear.weight.value
        let width = weight.shape[1]
        let result = graph.doubles(width)
        result.data.update(repeating: 0, count: width)
        for pixel in 0..<mean.count {
            for unit in 0..<width { result[unit] += mean[pixel] * Double(weight.data[pixel * width + unit]) }
        }
        return result
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        collectMaps(path, into: &state)
        collectNorm(path, into: &state)
    }

    /// The two parts of `collect`, for a network whose files have something between them.
    func collectMaps(_ path: String, into state: inout StateDictionary) {
        convolution.collect(StateDictionary.join(path, "conv1"), into: &state)
        linear.collect(StateDictionary.join(path, "dense1"), into: &state)
    }

    func collectNorm(_ path: String, into state: inout StateDictionary) {
        norm.collect(StateDictionary.join(path, "bn1"), into: &state)
    }
}
