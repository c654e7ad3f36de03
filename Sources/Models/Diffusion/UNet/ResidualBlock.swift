import Neural

/// Two normalised 3×3 convolutions with a shortcut; the time (and leaf) embedding enters between them.
///
/// Where the network sees the leaf, the embedding scales and shifts the second normalisation (Dhariwal and Nichol 2021);
/// otherwise it is added to the features before it.
final class ResidualBlock: Module {
    private let inputNorm: GroupNorm
    private let inputConvolution: Conv2D
    private let embedding: Linear
    private let outputNorm: GroupNorm
    private let outputConvolution: Conv2D
    private let shortcut: Conv2D?
    private let scalesAndShifts: Bool
    private let channels: Int
    private let dropout: Float
    /// Numbers the blocks of a network, so that each drops values of its own.
    private let number: UInt32

    init(
        input: Int, output: Int, number: UInt32, configuration: UNetConfiguration, using initialiser: inout Initialiser
    ) {
        scalesAndShifts = configuration.seesLeaf
        channels = output
        dropout = Float(configuration.dropout)
        self.number = number
        inputNorm = GroupNorm(groups: configuration.groups, channels: input, using: &initialiser)
        inputConvolution = Conv2D(input, output, kernel: 3, padding: 1, using: &initialiser)
        embedding = Linear(
            configuration.embeddingChannels, scalesAndShifts ? 2 * output : output, using: &initialiser)
        outputNorm = GroupNorm(groups: configuration.groups, channels: output, using: &initialiser)
        outputConvolution = Conv2D(output, output, kernel: 3, padding: 1, using: &initialiser)
        outputConvolution.setToZero()
        shortcut = input == output ? nil : Conv2D(input, output, kernel: 1, padding: 0, using: &initialiser)
    }

    /// `x` are images `[N, H, W, ...]` in parts with `input` channels together: what comes from below and, on the way up,
    /// the skip. `embedding` is SiLU of the embedding, `[N, 4 · model channels]`.
    func callAsFunction(
        _ x: Parts, embedding activated: Tensor, dropout key: RandomKey?, in graph: Graph
    ) -> Tensor {
        var h = inputConvolution(normalising: x, by: inputNorm, in: graph)
        let e = embedding(activated, in: graph)
        var (scale, shift): (Tensor?, Tensor?)
        if scalesAndShifts {
            scale = graph.sliceChannels(e, from: 0, count: channels)
            shift = graph.sliceChannels(e, from: channels, count: channels)
        } else {
            h = graph.addPerImage(h, e)
        }
        let residual = shortcut.map { $0(joining: x, in: graph) } ?? joined(x, in: graph)
        guard dropout > 0, graph.training, var key else {
            return outputConvolution(
                normalising: Parts(h), by: outputNorm, scale: scale, shift: shift, residual: residual, in: graph)
        }
        key.use |= number
        h = graph.dropout(outputNorm(h, scale: scale, shift: shift, silu: true, in: graph), rate: dropout, key: key)
        return outputConvolution(h, residual: residual, in: graph)
    }

    private func joined(_ x: Parts, in graph: Graph) -> Tensor {
        x.second.map { graph.concatChannels(x.first, $0) } ?? x.first
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        inputNorm.collect(StateDictionary.join(path, "in_layers.0"), into: &state)
        inputConvolution.collect(StateDictionary.join(path, "in_layers.2"), into: &state)
        embedding.collect(StateDictionary.join(path, "emb_layers.1"), into: &state)
        outputNorm.collect(StateDictionary.join(path, "out_layers.0"), into: &state)
        outputConvolution.collect(StateDictionary.join(path, "out_layers.3"), into: &state)
        shortcut?.collect(StateDictionary.join(path, "skip_connection"), into: &state)
    }
}
