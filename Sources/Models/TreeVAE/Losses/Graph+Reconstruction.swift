import Glibc
import Neural

extension Graph {
    /// π · R(x, x̂) of each image, `[N]`, where R is summed over pixels and channels: binary cross-entropy
    /// −[x ln x̂ + (1−x) ln(1−x̂)] with each logarithm at least −100, or (x−x̂)².
    ///
    /// - Parameters:
    ///   - target: x, `[N, H, W, C]`, without a gradient.
    ///   - reconstruction: x̂ of one leaf, shaped as x.
    ///   - weight: π, the leaf's probability, `[N]`.
    func reconstructionLoss(
        target: Tensor, reconstruction: Tensor, weight: Tensor, output kind: TreeVAEConfiguration.Output
    ) -> Tensor {
        precondition(
            target.shape == reconstruction.shape,
            "reconstructionLoss: image \(target.shape) and reconstruction \(reconstruction.shape)")
        let images = weight.count
        let size = target.count / max(1, images)
        let result = output(Shape(images), from: reconstruction, weight)
        let raw = tensor(Shape(images))
        Parallel.forEach(images) { image in
            let x = target.data + image * size
            let y = reconstruction.data + image * size
            raw.data[image] =
                switch kind {
                case .sigmoid: PixelLoss.crossEntropy(x, y, size)
                case .linear: PixelLoss.squaredError(x, y, size)
                }
            result.data[image] = raw.data[image] * weight.data[image]
        }
        guard result.requiresGradient else { return result }
        record((result, target, reconstruction, weight, raw, kind)) { kept, _ in
            let (result, target, reconstruction, weight, raw, kind) = kept
            guard let gradient = result.gradientIfAny else { return }
            let images = weight.count
            let size = target.count / max(1, images)
            let toReconstruction = reconstruction.requiresGradient ? reconstruction.gradient() : nil
            let toWeight = weight.requiresGradient ? weight.gradient() : nil
            Parallel.forEach(images) { image in
                toWeight?[image] += gradient[image] * raw.data[image]
                guard let slopes = toReconstruction else { return }
                let scale = gradient[image] * weight.data[image]
                let (x, y) = (target.data + image * size, reconstruction.data + image * size)
                switch kind {
                case .sigmoid: PixelLoss.addCrossEntropySlope(x, y, size, scale, to: slopes + image * size)
                case .linear: PixelLoss.addSquaredErrorSlope(x, y, size, scale, to: slopes + image * size)
                }
            }
        }
        return result
    }
}

/// Losses of one image's pixels and their slopes.
private enum PixelLoss {
    /// Most pixels of grey images are exactly 0 and many are 1, which leaves one logarithm to compute.
    static func crossEntropy(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
        var sum = 0.0
        for i in 0..<count {
            if x[i] < 1 { sum -= Double((1 - x[i]) * max(log(1 - y[i]), -100)) }
            if x[i] > 0 { sum -= Double(x[i] * max(log(y[i]), -100)) }
        }
        return Float(sum)
    }

    /// (x̂ − x) / (x̂ (1 − x̂)), whose denominator is kept from zero as PyTorch does.
    static func addCrossEntropySlope(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, _ scale: Float,
        to gradient: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count { gradient[i] += scale * (y[i] - x[i]) / max(y[i] * (1 - y[i]), 1e-12) }
    }

    static func squaredError(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
        var sum = 0.0
        for i in 0..<count {
            let difference = x[i] - y[i]
            sum += Double(difference * difference)
        }
        return Float(sum)
    }

    static func addSquaredErrorSlope(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, _ scale: Float,
        to gradient: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<count { gradient[i] += 2 * scale * (y[i] - x[i]) }
    }
}
