import CKernels
import Synchronization

/// How convolutions are computed.
package enum Convolution {
    /// The ways that there are; the choice is a function of the sizes of one image alone, so results are reproducible.
    enum Method: CaseIterable {
        /// A product with the patches, read where they lie.
        case direct
        /// 3x3 kernels with a quarter of the multiplications, at the price of sums that round a little more (1e-5 of the
        /// largest value).
        case winograd
        /// Images of at most 2x2 pixels: one matrix from all values to all values.
        case dense
        /// Large kernels through Fourier transforms.
        case spectral
    }

    private static let winogradIsOn = Atomic<Bool>(true)

    /// Whether 3x3 convolutions may use Winograd's algorithm; set it before a model is used, not during a pass.
    package static var winograd: Bool {
        get { winogradIsOn.load(ordering: .relaxed) }
        set { winogradIsOn.store(newValue, ordering: .relaxed) }
    }

    /// Whether a method can compute a convolution of these sizes at all.
    static func isPossible(_ method: Method, _ shape: Correlation) -> Bool {
        switch method {
        case .direct: true
        case .winograd: shape.isWinogradKernel && shape.hasTiles
        case .dense: shape.isTiny
        case .spectral: SpectralConvolution.isPossible(shape)
        }
    }

    /// Winograd pays where there is more than one tile: the single tile of a 4x4 image reads four times the weights.
    ///
    /// - Parameter training: a training pass may also go by the number of images, which earn the weights back when they are
    ///   many; in evaluation an image must not see its company.
    static func method(channels: Int, to columns: Int, _ shape: Correlation, training: Bool) -> Method {
        if shape.isTiny { return .dense }
        if isPossible(.spectral, shape) { return .spectral }
        let hasTiles = max(shape.height, shape.width, shape.positionsHigh, shape.positionsWide) > 4
        let hasImages = training && shape.images >= 64
        return (hasTiles || hasImages) && canWinograd(channels, columns, shape) ? .winograd : .direct
    }

    /// From sixteen channels on both sides and where tiles of 4x4 are not mostly empty.
    private static func canWinograd(_ channels: Int, _ columns: Int, _ shape: Correlation) -> Bool {
        winograd && isPossible(.winograd, shape) && min(channels, columns) >= 16
    }

    /// For the gradient of a kernel the whole batch counts: what 36 planes of it cost to write must be earned back.
    static func weightGradientMethod(_ shape: Correlation) -> Method {
        if shape.isTiny { return .dense }
        if isPossible(.spectral, shape) { return .spectral }
        let tiles = shape.images * ((shape.positionsHigh + 3) / 4) * ((shape.positionsWide + 3) / 4)
        let pays = 36 * (tiles + 12) < 9 * shape.images * shape.positions
        return pays && canWinograd(shape.channels, shape.positionChannels, shape) ? .winograd : .direct
    }
}

extension Graph {
    /// Convolution of `[n, h, w, in]` with a weight `[k, k, in, out]`, plus `residual` if given: `[n, h', w', out]`,
    /// h' = (h + 2 padding - k) / stride + 1.
    package func conv2d(
        _ x: Tensor, weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int, residual: Tensor? = nil
    ) -> Tensor {
        let shape = Correlation(
            convolving: x.shape, channels: x.channels, weight: weight.shape, bias: bias?.shape, stride: stride,
            padding: padding)
        onConvolution?(shape, false)
        let y = output(shape.positionShape, from: x, weight, bias, residual)
        check(residual, y)
        shape.gather(
            .images(x.data), (weight, .convolution(weight)), bias: bias, into: y.data,
            adding: residual.map { UnsafePointer($0.data) }, in: self)
        guard y.requiresGradient else { return y }
        record((y, x, weight, bias, residual, shape)) { kept, graph in
            let (y, x, weight, bias, residual, shape) = kept
            guard let dy = y.gradientIfAny else { return }
            if let bias, bias.requiresGradient { Graph.addColumnSums(of: dy, rows: y.rows, to: bias) }
            if weight.requiresGradient { shape.addWeightGradient(.images(x.data), dy, to: .convolution(weight)) }
            if x.requiresGradient {
                let (dx, accumulate) = x.gradientSink()
                let result = ConvolutionResult.images(dx, adding: accumulate ? UnsafePointer(dx) : nil)
                shape.scatter(dy, (weight, .convolution(weight)), bias: nil, into: result, in: graph)
            }
            if let residual { y.handGradient(to: residual) }
        }
        return y
    }

    /// Convolution with stride 1 of SiLU(group norm of x), plus `residual` if given.
    ///
    /// `x` are images in parts, each with some of the channels: what is joined here needs no copy, and the normalised
    /// images are made anew for the backward pass, so they take no memory in between.
    package func normalisedConv2d(
        _ x: Parts, _ map: ChannelMap, weight: Tensor, bias: Tensor?, padding: Int, residual: Tensor? = nil
    ) -> Tensor {
        let pass = GroupNormPass(of: x, map, silu: true, in: self)
        let shape = Correlation(
            convolving: x.first.shape, channels: pass.channels, weight: weight.shape, bias: bias?.shape, stride: 1,
            padding: padding)
        onConvolution?(shape, false)
        let needs = x.requiresGradient || map.requiresGradient || weight.requiresGradient
        let y = tensor(
            shape.positionShape,
            requiresGradient: recording && (needs || bias.requiresGradient || residual.requiresGradient))
        check(residual, y)
        shape.gather(
            .normalised(pass), (weight, .convolution(weight)), bias: bias, into: y.data,
            adding: residual.map { UnsafePointer($0.data) }, in: self)
        guard y.requiresGradient else { return y }
        record((y, pass, weight, bias, residual, shape)) { kept, graph in
            let (y, pass, weight, bias, residual, shape) = kept
            guard let dy = y.gradientIfAny else { return }
            if let bias, bias.requiresGradient { Graph.addColumnSums(of: dy, rows: y.rows, to: bias) }
            if weight.requiresGradient { shape.addWeightGradient(.normalised(pass), dy, to: .convolution(weight)) }
            let gradient = GroupNormGradient(of: pass, in: graph)
            shape.scatter(
                dy, (weight, .convolution(weight)), bias: nil, into: .gradientOfNormalised(gradient), in: graph)
            gradient.finish()
            if let residual { y.handGradient(to: residual) }
        }
        return y
    }

    private func check(_ residual: Tensor?, _ y: Tensor) {
        precondition(
            residual.map { $0.shape == y.shape } ?? true,
            "conv2d: a residual \(residual?.shape ?? []) cannot be added to \(y.shape)")
    }

    /// Adds the sums over the rows of a `[rows, columns]` gradient, as a bias needs them.
    static func addColumnSums(of dy: UnsafePointer<Float>, rows: Int, to bias: Tensor) {
        let columns = bias.count
        let sums = Chunks.columnSums(rows: rows, columns: columns, width: columns) { row, count, sums in
            grove_column_sums(sums, dy + row * columns, count, columns)
        }
        let gradient = bias.gradient()
        for column in 0..<columns { gradient[column] += Float(sums.doubles[column]) }
    }
}
