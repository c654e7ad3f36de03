import CKernels

extension Graph {
    /// Mean over 3x3 windows with stride 2 and padding 1, where padded zeros count: always divided by nine.
    package func avgPool3x3Stride2(_ x: Tensor) -> Tensor {
        resample(x, .averagePool, high: (x.shape[1] + 1) / 2, wide: (x.shape[2] + 1) / 2)
    }

    /// Twice the size by bilinear interpolation between pixel centres (PyTorch's align_corners=false).
    package func bilinearUpsample2(_ x: Tensor) -> Tensor {
        resample(x, .bilinear, high: 2 * x.shape[1], wide: 2 * x.shape[2])
    }

    /// Twice the size by repeating each pixel.
    package func nearestUpsample2(_ x: Tensor) -> Tensor {
        resample(x, .nearest, high: 2 * x.shape[1], wide: 2 * x.shape[2])
    }

    /// The mean over all pixels of each image, `[n, h, w, c]` to `[n, c]`.
    package func spatialMean(_ x: Tensor) -> Tensor {
        precondition(x.shape.count == 4, "spatialMean: shape \(x.shape) is not [n, h, w, c]")
        let (pixels, channels) = (x.shape[1] * x.shape[2], x.channels)
        let y = output(Shape(x.shape[0], channels), from: x)
        Parallel.forEach(x.shape[0]) { image in
            let mean = y.data + image * channels
            mean.update(repeating: 0, count: channels)
            for pixel in 0..<pixels {
                grove_axpy(mean, x.data + (image * pixels + pixel) * channels, 1 / Float(pixels), channels)
            }
        }
        guard y.requiresGradient else { return y }
        record((y, x)) { kept, _ in
            let (y, x) = kept
            guard let dy = y.gradientIfAny else { return }
            let (dx, pixels, channels) = (x.gradient(), x.shape[1] * x.shape[2], x.channels)
            Parallel.forEach(x.shape[0]) { image in
                for pixel in 0..<pixels {
                    grove_axpy(
                        dx + (image * pixels + pixel) * channels, dy + image * channels, 1 / Float(pixels), channels)
                }
            }
        }
        return y
    }

    /// Runs a kernel on every image, and its transpose backwards.
    private func resample(_ x: Tensor, _ kernel: ResamplingKernel, high: Int, wide: Int) -> Tensor {
        precondition(x.shape.count == 4, "resampling: shape \(x.shape) is not [n, h, w, c]")
        let y = output(Shape(x.shape[0], high, wide, x.channels), from: x)
        let (images, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.channels)
        Parallel.forEach(images) { image in
            kernel.forward(y.data + image * high * wide * c, x.data + image * h * w * c, h, w, c)
        }
        guard y.requiresGradient else { return y }
        record((y, x, kernel)) { kept, _ in
            let (y, x, kernel) = kept
            guard let dy = y.gradientIfAny else { return }
            let (dx, h, w, c) = (x.gradient(), x.shape[1], x.shape[2], x.channels)
            let pixels = y.shape[1] * y.shape[2]
            Parallel.forEach(x.shape[0]) { image in
                kernel.backward(dx + image * h * w * c, dy + image * pixels * c, h, w, c)
            }
        }
        return y
    }
}

/// What is done to each image `[h, w, c]`.
private enum ResamplingKernel {
    case averagePool
    case bilinear
    case nearest

    func forward(_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ h: Int, _ w: Int, _ c: Int) {
        switch self {
        case .averagePool: grove_average_pool(y, x, h, w, c)
        case .bilinear: grove_bilinear_upsample(y, x, h, w, c)
        case .nearest: grove_nearest_upsample(y, x, h, w, c)
        }
    }

    func backward(_ dx: UnsafeMutablePointer<Float>, _ dy: UnsafePointer<Float>, _ h: Int, _ w: Int, _ c: Int) {
        switch self {
        case .averagePool: grove_average_pool_backward(dx, dy, h, w, c)
        case .bilinear: grove_bilinear_upsample_backward(dx, dy, h, w, c)
        case .nearest: grove_nearest_upsample_backward(dx, dy, h, w, c)
        }
    }
}
