/// Group normalisation of images `[N, ..., C]`: each image's channels in `groups` equal groups.
package final class GroupNorm: Module {
    package let weight: Parameter
    package let bias: Parameter
    private let groups: Int

    package init(groups: Int, channels: Int, using initialiser: inout Initialiser) {
        precondition(
            groups > 0 && channels % groups == 0, "GroupNorm: \(channels) channels do not divide into \(groups) groups")
        weight = initialiser.ones([channels])
        bias = initialiser.zeros([channels])
        self.groups = groups
    }

    /// `scale` and `shift`, both `[N, C]`, are applied after the affine map as `· (1 + scale) + shift`; `silu` follows.
    package func callAsFunction(
        _ x: Tensor, scale: Tensor? = nil, shift: Tensor? = nil, silu: Bool = false, in graph: Graph
    ) -> Tensor {
        graph.groupNorm(
            x, groups: groups, weight: weight.value, bias: bias.value, scale: scale, shift: shift, silu: silu)
    }

    /// What it does to a channel, for operations that normalise on the way.
    func map(scale: Tensor?, shift: Tensor?) -> ChannelMap {
        ChannelMap(groups: groups, weight: weight.value, bias: bias.value, scale: scale, shift: shift)
    }

    package func collect(_ path: String, into state: inout StateDictionary) {
        state.add(StateDictionary.join(path, "weight"), weight)
        state.add(StateDictionary.join(path, "bias"), bias)
    }
}
