/// The gradient of the kernel.
extension Correlation {
    /// gradient += patches of images ᵀ · positions. Either side may be the gradient that came from above.
    ///
    /// - Parameter method: nil for the one that is chosen for these sizes.
    func addWeightGradient(
        _ input: ConvolutionInput, _ positions: UnsafePointer<Float>, to gradient: KernelGradient,
        by method: Convolution.Method? = nil
    ) {
        let method = method ?? Convolution.weightGradientMethod(self)
        if method == .winograd {
            return winogradForGather.addWeightGradient(input, positions, to: gradient)
        }
        input.readAll(images, count: imageCount) { images in
            switch method {
            case .dense: denseWeightGradient(images, positions, to: gradient)
            case .spectral: SpectralConvolution(self).addWeightGradient(images, positions, to: gradient)
            case .direct, .winograd: directWeightGradient(images, positions, to: gradient)
            }
        }
    }

    private func directWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, to gradient: KernelGradient
    ) {
        gradient.adding(rows: patch, columns: positionChannels) { matrix in
            guard isPointwise else {
                return DirectConvolution(self).addWeightGradient(images, positions, to: matrix)
            }
            Product.addTransposed(
                rows: self.images * self.positions, inner: channels, columns: positionChannels, images, positions,
                to: matrix)
        }
    }
}
