/// The gradient of the kernel.
extension Correlation {
    /// gradient += patches of images ᵀ · positions. Either side may be the gradient that came from above.
    func addWeightGradient(
        _ input: ConvolutionInput, _ positions: UnsafePointer<Float>, to gradient: KernelGradient
    ) {
        let method = Convolution.weightGradientMethod(self)
        if method == .winograd {
            return winogradForGather.addWeightGradient(input, positions, to: gradient)
        }
        input.readAll(images, count: imageCount) { images in
            if method == .dense { return denseWeightGradient(images, positions, to: gradient) }
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
}
