import Neural

/// What one node of the tree makes of its parameters.
struct LatentSample {
    /// z, shaped as the parameters, `[N, r, r, C]`.
    let z: Tensor
    /// clamp(π · KL, −1, 1000) of each image, `[N]`.
    let divergence: Tensor
}

/// Mean and variance of a node's latent, each `[N, r, r, C]`.
struct GaussianParameters {
    let mean: Tensor
    let variance: Tensor
}

extension Graph {
    /// Draws z from a node's posterior and measures the posterior's distance from the prior.
    ///
    /// z = μ_q + √(v_q+ε)·n with (μ_q, v_q) the product of `likelihood` and `prior` (`Gaussian.product`); the root has no
    /// prior but N(0, 1), and its likelihood is its posterior. The divergence is Σ over coordinates, weighted by π and
    /// then clamped, so that no gradient flows where the clamp holds it.
    ///
    /// - Parameters:
    ///   - noise: n, standard normal, shaped as the parameters.
    ///   - weight: π, the probability of reaching the node, `[N]`; nil for 1.
    ///   - clamp: bounds of a weighted divergence; nil for none (a small tree has none).
    func latent(
        likelihood: GaussianParameters, prior: GaussianParameters?, noise: Tensor, weight: Tensor?,
        clamp: ClosedRange<Float>? = -1...1000
    ) -> LatentSample {
        let shape = likelihood.mean.shape
        precondition(noise.shape == shape, "latent: noise \(noise.shape) for parameters of shape \(shape)")
        let kernel = LatentKernel(
            mean: likelihood.mean.data, variance: likelihood.variance.data,
            prior: prior.map { ($0.mean.data, $0.variance.data) }, noise: noise.data, weight: weight?.data,
            clamp: clamp, size: likelihood.mean.count / max(1, shape[0]))
        let inputs = (likelihood.mean, likelihood.variance, prior?.mean, prior?.variance)
        let z = output(shape, from: inputs.0, inputs.1, inputs.2, inputs.3)
        let divergence = output(Shape(shape[0]), from: inputs.0, inputs.1, inputs.2, inputs.3, weight)
        let raw = tensor(Shape(shape[0]))
        Parallel.forEach(shape[0]) {
            kernel.forward(image: $0, z: z.data, divergence: divergence.data, raw: raw.data)
        }
        if z.requiresGradient || divergence.requiresGradient {
            record((z, divergence, likelihood, prior, weight, noise, raw, kernel)) { kept, _ in
                let (z, divergence, likelihood, prior, weight, noise, raw, kernel) = kept
                let gradients = LatentKernel.Gradients(likelihood, prior, weight)
                let (fromZ, fromDivergence) = (z.gradientIfAny, divergence.gradientIfAny)
                Parallel.forEach(z.shape[0]) {
                    kernel.backward(image: $0, z: fromZ, divergence: fromDivergence, raw: raw.data, to: gradients)
                }
                // The kernel has pointers only.
                withExtendedLifetime(noise) {}
            }
        }
        return LatentSample(z: z, divergence: divergence)
    }
}

/// Both passes of `Graph.latent` for one image. Pointers, not tensors: to hold a tensor costs more than an element's
/// arithmetic, and two cores would do it to the same counter.
private struct LatentKernel {
    typealias Buffer = UnsafeMutablePointer<Float>
    typealias Values = UnsafePointer<Float>

    let mean: Values
    let variance: Values
    let prior: (mean: Values, variance: Values)?
    let noise: Values
    let weight: Values?
    let clamp: ClosedRange<Float>?
    /// Coordinates an image.
    let size: Int

    init(
        mean: Buffer, variance: Buffer, prior: (mean: Buffer, variance: Buffer)?, noise: Buffer, weight: Buffer?,
        clamp: ClosedRange<Float>?, size: Int
    ) {
        (self.mean, self.variance) = (Values(mean), Values(variance))
        self.prior = prior.map { (Values($0.mean), Values($0.variance)) }
        self.noise = Values(noise)
        self.weight = weight.map { Values($0) }
        (self.clamp, self.size) = (clamp, size)
    }

    struct Gradients {
        let mean: Buffer?
        let variance: Buffer?
        let priorMean: Buffer?
        let priorVariance: Buffer?
        let weight: Buffer?

        /// Buffers of those inputs that need gradients.
        init(_ likelihood: GaussianParameters, _ prior: GaussianParameters?, _ weight: Tensor?) {
            func buffer(_ tensor: Tensor?) -> Buffer? { tensor?.requiresGradient == true ? tensor?.gradient() : nil }
            mean = buffer(likelihood.mean)
            variance = buffer(likelihood.variance)
            priorMean = buffer(prior?.mean)
            priorVariance = buffer(prior?.variance)
            self.weight = buffer(weight)
        }
    }

    func forward(image: Int, z: Buffer, divergence: Buffer, raw: Buffer) {
        var sum = 0.0
        for index in image * size..<(image + 1) * size {
            var posterior = (mean: mean[index], variance: variance[index])
            var given: (mean: Float, variance: Float) = (0, 1)
            if let prior {
                given = (prior.mean[index], prior.variance[index])
                posterior = Gaussian.product(
                    mean: posterior.mean, variance: posterior.variance, priorMean: given.mean,
                    priorVariance: given.variance)
            }
            z[index] = posterior.mean + (posterior.variance + Gaussian.epsilon).squareRoot() * noise[index]
            sum += Double(
                Gaussian.divergence(
                    mean: posterior.mean, variance: posterior.variance, priorMean: given.mean,
                    priorVariance: given.variance))
        }
        raw[image] = Float(sum)
        let weighted = raw[image] * (weight?[image] ?? 1)
        divergence[image] = clamp.map { min(max(weighted, $0.lowerBound), $0.upperBound) } ?? weighted
    }

    func backward(image: Int, z: Buffer?, divergence: Buffer?, raw: Buffer, to gradients: Gradients) {
        let pi = weight?[image] ?? 1
        let weighted = raw[image] * pi
        var fromDivergence = divergence?[image] ?? 0
        if let clamp, !clamp.contains(weighted) { fromDivergence = 0 }
        gradients.weight?[image] += fromDivergence * raw[image]
        fromDivergence *= pi
        for index in image * size..<(image + 1) * size {
            if let prior {
                product(index, prior, z: z?[index] ?? 0, divergence: fromDivergence, to: gradients)
            } else {
                root(index, z: z?[index] ?? 0, divergence: fromDivergence, to: gradients)
            }
        }
    }

    /// The root: μ_q = μ̂, v_q = v̂, prior N(0, 1).
    @inline(__always)
    private func root(_ index: Int, z: Float, divergence: Float, to gradients: Gradients) {
        let q = variance[index] + Gaussian.epsilon
        let p = 1 + Gaussian.epsilon
        gradients.mean?[index] += z + divergence * mean[index] / p
        gradients.variance?[index] += z * noise[index] / (2 * q.squareRoot()) + divergence * 0.5 * (1 / p - 1 / q)
    }

    /// Any other node. With A = v̂+ε, P = v_p+ε, s = 1/A + 1/P, m = μ̂/A + μ_p/P: v_q = 1/s, μ_q = m/s, Q = v_q+ε.
    @inline(__always)
    private func product(
        _ index: Int, _ prior: (mean: Values, variance: Values), z: Float, divergence: Float, to gradients: Gradients
    ) {
        let a = variance[index] + Gaussian.epsilon
        let p = prior.variance[index] + Gaussian.epsilon
        let mean = self.mean[index]
        let priorMean = prior.mean[index]
        let m = mean / a + priorMean / p
        let v = 1 / (1 / a + 1 / p)
        let q = v + Gaussian.epsilon
        let distance = m * v - priorMean

        // ∂/∂μ_q and ∂/∂Q, from z = μ_q + √Q n and from the divergence.
        let toMean = z + divergence * distance / p
        let toQ = z * noise[index] / (2 * q.squareRoot()) + divergence * 0.5 * (1 / p - 1 / q)
        // Through μ_q = m v_q and v_q = 1/s.
        let toM = toMean * v
        let toS = -(toQ + toMean * m) * v * v
        gradients.mean?[index] += toM / a
        gradients.variance?[index] -= (toS + toM * mean) / (a * a)
        gradients.priorMean?[index] += toM / p - divergence * distance / p
        gradients.priorVariance?[index] +=
            divergence * 0.5 * (1 - (q + distance * distance) / p) / p - (toS + toM * priorMean) / (p * p)
    }
}
