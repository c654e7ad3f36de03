import Neural

extension Graph {
    /// A 3×3 convolution of `[N, H, W, C]` to the one channel that routers and projections read, `[N, H·W]`, zero-padded
    /// by 1, without bias; in a training pass, each pixel less its mean over the batch, which is answered beside it.
    ///
    /// What follows is an affine map and a batch normalisation, to which the mean makes no difference. Where features
    /// hardly differ between the images of a batch, though, they magnify the rounding of numbers that carry the mean a
    /// thousandfold; so sums and mean are in double precision, and only what is left is rounded. With one output channel a
    /// direct sum is also faster than a matrix product over unfolded patches.
    ///
    /// The backward pass is that of the convolution alone: gradients that come from behind a batch normalisation sum to
    /// zero over the batch, so the mean has no part in them.
    ///
    /// - Parameter weight: `[3, 3, C, 1]`.
    func convolveToOneChannel(_ x: Tensor, weight: Tensor) -> (centred: Tensor, mean: Doubles) {
        precondition(
            x.shape.count == 4 && weight.shape == Shape(3, 3, x.shape[3], 1),
            "convolveToOneChannel: weight \(weight.shape) for input \(x.shape)")
        let kernel = OneChannelKernel(images: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3])
        let result = output(Shape(kernel.images, kernel.pixels), from: x, weight)
        let (sums, mean) = (doubles(kernel.images * kernel.pixels), doubles(kernel.pixels))
        kernel.forward(x.data, weight.data, to: result.data, sums: sums.data, mean: mean.data, centring: training)
        guard result.requiresGradient else { return (result, mean) }
        record((result, x, weight, kernel)) { kept, graph in
            let (result, x, weight, kernel) = kept
            guard let gradient = result.gradientIfAny else { return }
            if x.requiresGradient { kernel.backward(gradient, weight: weight.data, toInput: x.gradient()) }
            if weight.requiresGradient {
                kernel.backward(gradient, input: x.data, toWeight: weight.gradient(), in: graph)
            }
        }
        return (result, mean)
    }
}

/// The loops of `Graph.convolveToOneChannel`.
private struct OneChannelKernel {
    let images: Int
    let height: Int
    let width: Int
    let channels: Int

    var pixels: Int { height * width }

    /// Calls `body` with every pixel, every tap of its window that lies in the image, and the pixel under the tap.
    @inline(__always)
    private func forEachTap(_ body: (_ pixel: Int, _ tap: Int, _ source: Int) -> Void) {
        for y in 0..<height {
            for x in 0..<width {
                for row in max(0, y - 1)...min(height - 1, y + 1) {
                    for column in max(0, x - 1)...min(width - 1, x + 1) {
                        body(y * width + x, (row - y + 1) * 3 + column - x + 1, row * width + column)
                    }
                }
            }
        }
    }

    /// - Parameters:
    ///   - sums: room for what each pixel of each image sums to.
    ///   - mean: the mean of each pixel that was taken away, zeros where none was.
    func forward(
        _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>,
        sums: UnsafeMutablePointer<Double>, mean: UnsafeMutablePointer<Double>, centring: Bool
    ) {
        Parallel.forEach(images) { image in
            convolve(x + image * pixels * channels, weight, to: sums + image * pixels)
        }
        mean.update(repeating: 0, count: pixels)
        if centring {
            for index in 0..<images * pixels { mean[index % pixels] += sums[index] }
            for pixel in 0..<pixels { mean[pixel] /= Double(images) }
        }
        for index in 0..<images * pixels { result[index] = Float(sums[index] - mean[index % pixels]) }
    }

    private func convolve(
        _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Double>
    ) {
        for pixel in 0..<pixels { sums[pixel] = 0 }
        forEachTap { pixel, tap, source in
            sums[pixel] += Self.dot(x + source * channels, weight + tap * channels, channels)
        }
    }

    func backward(
        _ gradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, toInput input: UnsafeMutablePointer<Float>
    ) {
        Parallel.forEach(images) { image in
            let from = gradient + image * pixels
            let to = input + image * pixels * channels
            forEachTap { pixel, tap, source in
                for c in 0..<channels { to[source * channels + c] += from[pixel] * weight[tap * channels + c] }
            }
        }
    }

    /// Sums over images chunk by chunk, so that the result does not depend on the number of threads.
    func backward(
        _ gradient: UnsafePointer<Float>, input: UnsafePointer<Float>, toWeight weight: UnsafeMutablePointer<Float>,
        in graph: Graph
    ) {
        let chunk = 32
        let chunks = (images + chunk - 1) / chunk
        let size = 9 * channels
        let partial = graph.zeros(Shape(chunks, size))
        Parallel.forEach(chunks) { index in
            let to = partial.data + index * size
            for image in index * chunk..<min(images, (index + 1) * chunk) {
                let from = gradient + image * pixels
                let x = input + image * pixels * channels
                forEachTap { pixel, tap, source in
                    for c in 0..<channels { to[tap * channels + c] += from[pixel] * x[source * channels + c] }
                }
            }
        }
        for index in 0..<chunks {
            for element in 0..<size { weight[element] += partial.data[index * size + element] }
        }
    }

    @inline(__always)
    private static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
        var lanes = SIMD8<Double>()
        var index = 0
        while index + 8 <= count {
            let left = SIMD8<Double>(UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Float>.self))
            let right = SIMD8<Double>(UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Float>.self))
            lanes += left * right
            index += 8
        }
        var sum = lanes.sum()
        while index < count {
            sum += Double(a[index]) * Double(b[index])
            index += 1
        }
        return sum
    }
}
