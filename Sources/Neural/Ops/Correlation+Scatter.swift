import CKernels

/// From the positions back to the strided side.
extension Correlation {
    /// images = kernelᵀ · positions, summed where patches overlap, plus bias.
    ///
    /// - Parameter method: nil for the one that is chosen for these sizes.
    func scatter(
        _ positions: UnsafePointer<Float>, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into result: ConvolutionResult, by method: Convolution.Method? = nil, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        let method = method ?? scatterMethod(training: graph.training)
        if method == .winograd {
            let panels = graph.prepared(weight, as: .winogradForScatter) {
                Winograd.transform(matrix.rotatedTaps(self), inner: positionChannels, columns: channels)
            }
            return winogradForScatter.run(.images(positions), panels.data, bias: bias?.data, into: result)
        }
        result.writeInPlace(images, count: imageCount) { images, accumulate in
            switch method {
            case .dense:
                let panels = graph.prepared(weight, as: .denseForScatter(height, width)) {
                    densePanelsForScatter(matrix)
                }
                denseScatter(positions, panels.data, bias: bias, into: images, accumulate: accumulate)
            case .spectral:
                let spectral = SpectralConvolution(self)
                let weights = graph.prepared(weight, as: .spectralForScatter(height, width)) {
                    spectral.weights(matrix, forGather: false)
                }
                spectral.scatter(positions, weights.data, bias: bias, into: images, accumulate: accumulate)
            case .direct, .winograd:
                directScatter(positions, kernel, bias: bias, into: images, accumulate: accumulate, in: graph)
            }
        }
    }

    private func directScatter(
        _ positions: UnsafePointer<Float>, _ kernel: (Tensor, KernelMatrix), bias: Tensor?,
        into images: UnsafeMutablePointer<Float>, accumulate: Bool, in graph: Graph
    ) {
        let (weight, matrix) = kernel
        if let rotated = cheaperRotated {
            let panels = graph.prepared(weight, as: .rotatedPanels(rotated.pixels)) {
                rotated.pack(matrix.rotatedTaps(self))
            }
            rotated.run(positions, panels.data, bias: bias, into: images, accumulate: accumulate)
        } else {
            let panels = graph.prepared(weight, as: .transposedPanels) {
                Product.pack(
                    matrix.data, inner: positionChannels, columns: patch, innerStride: matrix.columnStride,
                    columnStride: matrix.rowStride)
            }
            patchScatter(positions, panels.data, bias: bias?.data, into: images, accumulate: accumulate)
        }
    }

    func scatterMethod(training: Bool) -> Convolution.Method {
        Convolution.method(channels: positionChannels, to: channels, self, training: training)
    }

    var winogradForScatter: Winograd {
        Winograd(
            images: images, inner: positionChannels, columns: channels, height: positionsHigh, width: positionsWide,
            outHeight: height, outWidth: width, padding: 2 - padding)
    }

    /// With stride 1 the transpose of a convolution is one with the kernel turned by 180 degrees; nil where patches
    /// that are computed and added up cost less. To write and add a value costs about as much as eight multiplications.
    private var cheaperRotated: DirectConvolution? {
        guard stride == 1, padding < kernel else { return nil }
        let rotated = DirectConvolution(
            Correlation(
                images: images, height: positionsHigh, width: positionsWide, channels: positionChannels,
                positionsHigh: height, positionsWide: width, positionChannels: channels, kernel: kernel, stride: 1,
                padding: kernel - 1 - padding))
        let patches = positions * (positionChannels * Product.padded(patch) + (isPointwise ? 0 : 8 * patch))
        return rotated.multiplications <= patches ? rotated : nil
    }

    /// Patches of a few rows of positions at a time, which stay in the cache until they are added up.
    private func patchScatter(
        _ positions: UnsafePointer<Float>, _ panels: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into images: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        let rows = min(positionsHigh, max(1, 32_768 / max(1, positionsWide * patch)))
        let group = Product.itemsPerTask(multiplications: self.positions * (positionChannels + 8) * patch)
        Chunks.forEach(self.images, size: group) { first, count in
            let patches = Scratch(rows * positionsWide * patch)
            for image in first..<first + count {
                let to = images + image * imageCount
                if !accumulate { start(to, bias: bias) }
                for row in Swift.stride(from: 0, to: positionsHigh, by: rows) {
                    let high = min(rows, positionsHigh - row)
                    var left = grove_left.matrix(
                        positions + (image * positionsHigh + row) * positionsWide * positionChannels,
                        rowLength: positionChannels)
                    grove_product(patches.data, patch, high * positionsWide, patch, &left, panels, nil, 0)
                    grove_add_patches(
                        to, patches.data, height, width, channels, kernel, self.stride, padding, row, high,
                        positionsWide)
                }
            }
        }
    }

    /// Zeros, or the bias at every pixel.
    private func start(_ image: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>?) {
        guard let bias else {
            image.update(repeating: 0, count: imageCount)
            return
        }
        for pixel in 0..<height * width { (image + pixel * channels).update(from: bias, count: channels) }
    }
}
