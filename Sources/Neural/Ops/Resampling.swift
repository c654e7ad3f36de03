import CKernels

extension Graph {
    /// Mean over 3x3 windows with stride 2 and padding 1, where padded zeros count: always divided by nine.
    package func avgPool3x3Stride2(_ x: Tensor) -> Tensor {
        resample(
            x, high: (x.shape[1] + 1) / 2, wide: (x.shape[2] + 1) / 2, grove_average_pool, grove_average_pool_backward)
    }

    /// Twice the size by bilinear interpolation between pixel centres (PyTorch's align_corners=false).
    package func bilinearUpsample2(_ x: Tensor) -> Tensor {
        resample(
            x, high: 2 * x.shape[1], wide: 2 * x.shape[2], grove_bilinear_upsample, grove_bilinear_upsample_backward)
    }

    /// Twice the size by repeating each pixel.
    package func nearestUpsample2(_ x: Tensor) -> Tensor {
        resample(x, high: 2 * x.shape[1], wide: 2 * x.shape[2], grove_nearest_upsample, grove_nearest_upsample_backward)
    }

    /// The mean over all pixels of each image, `[n, h, w, c]` to `[n, c]`.
    package func spatialMean(_ x: Tensor) -> Tensor {
        precondition(x.shape.count == 4, "spatialMean: shape \(x.shape) is not [n, h, w, c]")
        let (pixels, channels) = (x.shape[1] * x.shape[2], x.channels)
        let y = output([x.shape[0], channels], from: x)
        Parallel.forEach(x.shape[0]) { image in
            let mean = y.data + image * channels
            mean.update(repeating: 0, count: channels)
            for pixel in 0..<pixels {
                grove_axpy(mean, x.data + (image * pixels + pixel) * channels, 1 / Float(pixels), channels)
            }
        }
        guard y.requiresGradient else { return y }
        record {
            guard let dy = y.gradientIfAny else { return }
            let dx = x.gradient()
            Parallel.forEach(x.shape[0]) { image in
                for pixel in 0..<pixels {
                    grove_axpy(
                        dx + (image * pixels + pixel) * channels, dy + image * channels, 1 / Float(pixels), channels)
                }
            }
        }
        return y
    }

    private typealias Kernel = (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Int, Int, Int) -> Void

    /// Runs a kernel on every image, and its transpose backwards.
    private func resample(
        _ x: Tensor, high: Int, wide: Int, _ forward: @escaping Kernel, _ backward: @escaping Kernel
    ) -> Tensor {
        precondition(x.shape.count == 4, "resampling: shape \(x.shape) is not [n, h, w, c]")
        let y = output([x.shape[0], high, wide, x.channels], from: x)
        let (images, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.channels)
        Parallel.forEach(images) { image in
            forward(y.data + image * high * wide * c, x.data + image * h * w * c, h, w, c)
        }
        guard y.requiresGradient else { return y }
        record {
            guard let dy = y.gradientIfAny else { return }
            let dx = x.gradient()
            Parallel.forEach(images) { image in
                backward(dx + image * h * w * c, dy + image * high * wide * c, h, w, c)
            }
        }
        return y
    }
}
