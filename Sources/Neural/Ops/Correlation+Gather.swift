/// From the strided side to the positions.
extension Correlation {
    /// positions = patches of images · kernel + bias, or added to what is there.
    func gather(
        _ images: UnsafePointer<Float>, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into positions: UnsafeMutablePointer<Float>, accumulate: Bool = false, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        switch Convolution.method(channels: channels, to: positionChannels, self) {
        case .dense:
            let panels = graph.prepared(weight, as: .dense(height, width)) { densePanels(matrix) }
            denseGather(images, panels.data, bias: bias, into: positions, accumulate: accumulate)
        case .winograd:
            let panels = graph.prepared(weight, as: .winograd) {
                Winograd.transform(matrix.taps(self), inner: channels, columns: positionChannels)
            }
            winogradForGather.run(
                images, panels.data, bias: bias?.data, into: positions, accumulate: accumulate)
        case .direct:
            let direct = DirectConvolution(self)
            let panels = graph.prepared(weight, as: .panels(direct.pixels)) { direct.pack(matrix.taps(self)) }
            direct.run(images, panels.data, bias: bias, into: positions, accumulate: accumulate)
        }
    }

    var winogradForGather: Winograd {
        Winograd(
            images: images, inner: channels, columns: positionChannels, height: height, width: width,
            outHeight: positionsHigh, outWidth: positionsWide, padding: padding)
    }
}
