import Neural
import TestSupport
import Testing

@testable import Models

/// The losses of a tree against numbers of the reference implementation in double precision, and their slopes against
/// differences.
@Suite("TreeVAE losses")
struct LossTests {
    @Test("The posterior is the precision-weighted product, with the reference's divergences")
    func posterior() {
        let posterior = Gaussian.product(mean: 0.3, variance: 0.8, priorMean: -0.5, priorVariance: 0.2)
        expectClose(Double(posterior.mean), -0.34, relative: 1e-5, "μ_q")
        expectClose(Double(posterior.variance), 0.1600001, relative: 1e-5, "v_q")
        let divergence = Gaussian.divergence(
            mean: posterior.mean, variance: posterior.variance, priorMean: -0.5, priorVariance: 0.2)
        expectClose(Double(divergence), 0.0755718, relative: 1e-5, "KL")
        let root = Gaussian.divergence(mean: 0.3, variance: 0.8, priorMean: 0, priorVariance: 1)
        expectClose(Double(root), 0.0565718, relative: 1e-5, "KL of the root")
    }

    @Test("The divergence of a decision is the reference's")
    func decision() {
        expectClose(Double(Decision(q: 0.7, p: 0.4).divergence), 0.1837868, relative: 1e-5, "decision KL")
    }

    @Test("InfoNCE and NT-Xent are the reference's")
    func contrast() {
        let graph = Graph(training: true, recording: false)
        let decisions = graph.decisionContrast(
            left: Tensor([4], [0.9, 0.2, 0.8, 0.3]), weight: Tensor([4], [1, 0.5, 1, 0.5]))
        expectClose(Double(decisions.item()), 0.7903053, relative: 1e-5, "InfoNCE")
        let level: [Float] = [1, 0, 2, 0, 1, -1, 1, 0.5, 1.5, -0.2, 1, -1]
        let one = graph.viewContrast(rows: Tensor([4, 3], level), temperature: 0.5)
        expectClose(Double(one.item()), 0.0959141, relative: 1e-5, "NT-Xent")
        let other = graph.viewContrast(rows: Tensor([4, 3], level.map { $0 + 0.3 }), temperature: 0.5)
        expectClose(Double(one.item() + other.item()) / 2, 0.1518915, relative: 1e-5, "NT-Xent of two levels")
    }

    @Test("Binary cross-entropy bounds each logarithm at -100, as the reference does")
    func saturatedCrossEntropy() {
        let loss = Graph.inference.reconstructionLoss(
            target: Tensor([1, 1, 2, 1], [1, 0.25]), reconstruction: Tensor([1, 1, 2, 1], [0, 1]),
            weight: Tensor([1], [0.5]), output: .sigmoid)
        #expect(loss.item() == 0.5 * (100 + 75))
    }

    @Test("A divergence is clamped after it is weighted, and sends no gradient where it is")
    func clampedDivergence() {
        let mean = Tensor([2, 1, 1, 1], [100, 1], requiresGradient: true)
        let variance = Tensor([2, 1, 1, 1], [1, 1], requiresGradient: true)
        let graph = Graph(training: true, recording: true)
        let sample = graph.latent(
            likelihood: GaussianParameters(mean: mean, variance: variance), prior: nil, noise: .zeros([2, 1, 1, 1]),
            weight: nil)
        #expect(sample.divergence.values[0] == 1000)
        graph.backward(from: graph.batchMean([sample.divergence]))
        #expect(mean.gradient()[0] == 0)
        #expect(mean.gradient()[1] > 0.4)
    }

    @Test("Slopes of the latent agree with differences", arguments: [true, false])
    func latentSlopes(hasPrior: Bool) {
        let shape = Shape(3, 2, 2, 2)
        let mean = random(shape, 1)
        let variance = random(shape, 2, positive: true)
        let priorMean = random(shape, 3)
        let priorVariance = random(shape, 4, positive: true)
        let weight = random([3], 5, positive: true)
        let noise = random(shape, 6)
        var inputs = [("mean", mean), ("variance", variance), ("weight", weight)]
        if hasPrior { inputs += [("prior mean", priorMean), ("prior variance", priorVariance)] }
        FiniteDifferences.expect("latent", inputs: inputs, step: 3e-3) { graph in
            let sample = graph.latent(
                likelihood: GaussianParameters(mean: mean, variance: variance),
                prior: hasPrior ? GaussianParameters(mean: priorMean, variance: priorVariance) : nil, noise: noise,
                weight: weight)
            let z = graph.reshape(sample.z, [3, 8])
            return graph.concatChannels(z, graph.reshape(sample.divergence, [3, 1]))
        }
    }

    @Test("Slopes of decisions agree with differences")
    func decisionSlopes() {
        let q = probabilities(6, 1)
        let p = probabilities(6, 2)
        let weight = probabilities(6, 3)
        let inputs = [("q", q), ("p", p), ("weight", weight)]
        FiniteDifferences.expect("decision divergence", inputs: inputs, step: 2e-3) {
            $0.decisionDivergence(posterior: q, prior: p, weight: weight)
        }
        FiniteDifferences.expect("children", inputs: [inputs[0], inputs[2]], step: 2e-3) { graph in
            let children = graph.children(of: weight, left: q)
            return graph.concatRows([children.left, children.right])
        }
    }

    @Test(
        "Slopes of the reconstruction loss agree with differences",
        arguments: [TreeVAEConfiguration.Output.sigmoid, .linear])
    func reconstructionSlopes(output: TreeVAEConfiguration.Output) {
        let target = Tensor([2, 3, 3, 1], RandomKey(seed: 1, use: 7).uniforms(18))
        let image = Tensor([2, 3, 3, 1], probabilities(18, 2).values, requiresGradient: true)
        let weight = probabilities(2, 3)
        FiniteDifferences.expect("reconstruction", inputs: [("image", image), ("weight", weight)], step: 1e-3) {
            $0.reconstructionLoss(target: target, reconstruction: image, weight: weight, output: output)
        }
    }

    @Test("Slopes of the contrast agree with differences")
    func contrastSlopes() {
        let rows = random([6, 4], 1)
        let q = probabilities(6, 2)
        let weight = Tensor([6], probabilities(6, 3).values)
        FiniteDifferences.expect("contrast of rows", inputs: [("rows", rows)], step: 3e-3) {
            $0.viewContrast(rows: rows, temperature: 0.5)
        }
        FiniteDifferences.expect("contrast of decisions", inputs: [("q", q)], step: 2e-3) {
            $0.decisionContrast(left: q, weight: weight)
        }
    }

    @Test("Slopes of the one-channel convolution agree with differences, and its values with the general one")
    func oneChannelConvolution() {
        let x = random([5, 3, 4, 10], 1)
        let weight = random([3, 3, 10, 1], 2)
        FiniteDifferences.expect("one channel", inputs: [("x", x), ("weight", weight)]) {
            $0.convolveToOneChannel(x, weight: weight).centred
        }
        let direct = Graph.inference.convolveToOneChannel(x, weight: weight).centred
        let general = Graph.inference.conv2d(x, weight: weight, bias: nil, padding: 1)
        expectClose(direct.values, general.values, relativeToMax: 1e-6, "one channel")
    }

    private func random(_ shape: Shape, _ use: UInt32, positive: Bool = false) -> Tensor {
        let values = RandomKey(seed: 3, use: use).normals(shape.reduce(1, *))
        return Tensor(shape, positive ? values.map { 0.3 + $0.magnitude } : values, requiresGradient: true)
    }

    /// Not near 0 or 1, where differences say little.
    private func probabilities(_ count: Int, _ use: UInt32) -> Tensor {
        let values = RandomKey(seed: 4, use: use).uniforms(count).map { 0.1 + 0.8 * $0 }
        return Tensor([count], values, requiresGradient: true)
    }
}
