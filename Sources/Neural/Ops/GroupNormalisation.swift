import CKernels

extension Graph {
    /// Group normalisation (Wu & He 2018) of each image over its pixels and the channels of a group, `x` `[n, h, w,
    /// c]`.
    ///
    /// Then, if given, times (1 + scale) plus shift, both `[n, c]`, and SiLU. `normalisedConv2d` does all this and the
    /// convolution behind it in one pass.
    package func groupNorm(
        _ x: Tensor, groups: Int, weight: Tensor, bias: Tensor, eps: Float = 1e-5, scale: Tensor? = nil,
        shift: Tensor? = nil, silu: Bool = false
    ) -> Tensor {
        let map = ChannelMap(groups: groups, weight: weight, bias: bias, eps: eps, scale: scale, shift: shift)
        let pass = GroupNormPass(of: Parts(x), map, silu: silu, in: self)
        let y = output(x.shape, from: x, weight, bias, scale, shift)
        pass.write(0..<pass.images, to: y.data)
        guard y.requiresGradient else { return y }
        record((y, pass)) { kept, graph in
            let (y, pass) = kept
            guard let dy = y.gradientIfAny else { return }
            let gradient = GroupNormGradient(of: pass, in: graph)
            Parallel.forEach(pass.images) { image in
                // The result's gradient may be looked at again, so it is not changed in place.
                let own = Scratch(pass.silu ? pass.imageCount : 0)
                gradient.take(dy + image * pass.imageCount, writing: own.data, image: image)
            }
            gradient.finish()
        }
        return y
    }
}

/// What a group normalisation does to a channel.
package struct ChannelMap {
    let groups: Int
    /// `[c]`
    let weight: Tensor
    let bias: Tensor
    let eps: Float
    /// `[n, c]`, both or neither: applied last, as · (1 + scale) + shift.
    let scale: Tensor?
    let shift: Tensor?

    package init(
        groups: Int, weight: Tensor, bias: Tensor, eps: Float = 1e-5, scale: Tensor? = nil, shift: Tensor? = nil
    ) {
        self.groups = groups
        self.weight = weight
        self.bias = bias
        self.eps = eps
        self.scale = scale
        self.shift = shift
    }

    var requiresGradient: Bool {
        weight.requiresGradient || bias.requiresGradient || scale.requiresGradient || shift.requiresGradient
    }

    func check(_ images: Int, _ channels: Int) {
        precondition(
            channels % groups == 0 && weight.shape == Shape(channels) && bias.shape == Shape(channels),
            "groupNorm: \(channels) channels, \(groups) groups, weight \(weight.shape) and bias \(bias.shape) do not fit"
        )
        precondition(
            (scale == nil) == (shift == nil)
                && (scale ?? shift)?.shape ?? Shape(images, channels) == Shape(images, channels)
                && scale?.shape == shift?.shape,
            "groupNorm: scale \(scale?.shape ?? []) and shift \(shift?.shape ?? []) must both be [\(images), \(channels)]"
        )
    }

    func factor(_ index: Int) -> Float { 1 + (scale.map { $0.data[index] } ?? 0) }
}
