/// From the strided side to the positions.
extension Correlation {
    /// positions = patches of images · kernel + bias, plus the positions `residual`, which may be the result itself.
    func gather(
        _ input: ConvolutionInput, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into positions: UnsafeMutablePointer<Float>, adding residual: UnsafePointer<Float>? = nil, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        let result = ConvolutionResult.images(positions, adding: residual)
        let method = Convolution.method(channels: channels, to: positionChannels, self)
        if method == .winograd {
            let panels = graph.prepared(weight, as: .winograd) {
                Winograd.transform(matrix.taps(self), inner: channels, columns: positionChannels)
            }
            return winogradForGather.run(input, panels.data, bias: bias?.data, into: result)
        }
        input.readAll(images, count: imageCount) { images in
            result.writeInPlace(self.images, count: self.positions * positionChannels) { positions, accumulate in
                if method == .dense {
                    let panels = graph.prepared(weight, as: .dense(height, width)) { densePanels(matrix) }
                    denseGather(images, panels.data, bias: bias, into: positions, accumulate: accumulate)
                } else {
                    let direct = DirectConvolution(self)
                    let panels = graph.prepared(weight, as: .panels(direct.pixels)) { direct.pack(matrix.taps(self)) }
                    direct.run(images, panels.data, bias: bias, into: positions, accumulate: accumulate)
                }
            }
        }
    }

    var winogradForGather: Winograd {
        Winograd(
            images: images, inner: channels, columns: positionChannels, height: height, width: width,
            outHeight: positionsHigh, outWidth: positionsWide, padding: padding)
    }
}
