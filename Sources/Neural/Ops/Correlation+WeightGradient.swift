/// The gradient of the kernel.
extension Correlation {
    /// gradient += patches of images ᵀ · positions. Either side may be the gradient that came from above.
    func addWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, to gradient: KernelGradient
    ) {
        switch Convolution.weightGradientMethod(self) {
        case .dense:
            denseWeightGradient(images, positions, to: gradient)
        case .winograd:
            winogradForGather.addWeightGradient(images, positions, to: gradient)
        case .direct:
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
