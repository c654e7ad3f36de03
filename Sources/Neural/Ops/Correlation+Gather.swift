/// From the strided side to the positions.
extension Correlation {
    /// positions = patches of images · kernel + bias, plus the positions `residual`, which may be the result itself.
    ///
    /// - Parameter method: nil for the one that is chosen for these sizes.
    func gather(
        _ input: ConvolutionInput, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into positions: UnsafeMutablePointer<Float>, adding residual: UnsafePointer<Float>? = nil,
        by method: Convolution.Method? = nil, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        let result = ConvolutionResult.images(positions, adding: residual)
        let method = method ?? gatherMethod(training: graph.training)
        if method == .winograd {
            let panels = graph.prepared(weight, as: .winograd) {
                Winograd.transform(matrix.taps(self), inner: channels, columns: positionChannels)
            }
            return winogradForGather.run(input, panels.data, bias: bias?.data, into: result)
        }
        input.readAll(images, count: imageCount) { images in
            result.writeInPlace(self.images, count: self.positions * positionChannels) { positions, accumulate in
                switch method {
                case .dense:
                    let panels = graph.prepared(weight, as: .dense(height, width)) { densePanels(matrix) }
                    denseGather(images, panels.data, bias: bias, into: positions, accumulate: accumulate)
                case .spectral:
                    let spectral = SpectralConvolution(self)
                    let weights = graph.prepared(weight, as: .spectral(height, width)) {
                        spectral.weights(matrix, forGather: true)
                    }
                    spectral.gather(images, weights.data, bias: bias, into: positions, accumulate: accumulate)
                case .direct, .winograd:
                    let direct = DirectConvolution(self)
                    let panels = graph.prepared(weight, as: .panels(direct.pixels)) { direct.pack(matrix.taps(self)) }
                    direct.run(images, panels.data, bias: bias, into: positions, accumulate: accumulate)
                }
            }
        }
    }

    func gatherMethod(training: Bool) -> Convolution.Method {
        Convolution.method(channels: channels, to: positionChannels, self, training: training)
    }

    var winogradForGather: Winograd {
        Winograd(
            images: images, inner: channels, columns: positionChannels, height: height, width: width,
            outHeight: positionsHigh, outWidth: positionsWide, padding: padding)
    }
}
