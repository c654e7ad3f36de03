import Neural

/// Self-attention over all positions of an image, with a shortcut.
final class AttentionBlock: Module {
    private let norm: GroupNorm
    private let queryKeyValue: Linear
    private let output: Linear
    private let heads: Int

    init(_ channels: Int, configuration: UNetConfiguration, using initialiser: inout Initialiser) {
        heads = configuration.attentionHeads
        norm = GroupNorm(groups: configuration.groups, channels: channels, using: &initialiser)
        queryKeyValue = Linear(channels, 3 * channels, pointwise: true, using: &initialiser)
        output = Linear(channels, channels, pointwise: true, using: &initialiser)
        output.setToZero()
    }

    /// `x` is `[N, H, W, C]`.
    func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        let (images, positions) = (x.shape[0], x.shape[1] * x.shape[2])
        let tokens = graph.reshape(norm(x, in: graph), Shape(images, positions, x.channels))
        let attended = graph.attention(qkv: queryKeyValue(tokens, in: graph), heads: heads)
        return graph.add(x, graph.reshape(output(attended, in: graph), x.shape))
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        norm.collect(StateDictionary.join(path, "norm"), into: &state)
        queryKeyValue.collect(StateDictionary.join(path, "qkv"), into: &state)
        output.collect(StateDictionary.join(path, "proj_out"), into: &state)
    }
}
