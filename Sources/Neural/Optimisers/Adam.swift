import CKernels
import Glibc

/// Adam (Kingma and Ba 2015) with the details of PyTorch's: weight decay is coupled, an L2 term added to the gradient
/// after clipping, and a parameter that no backward pass has reached is left alone, its own step count included.
package final class Adam {
    /// What Adam keeps of one parameter; the moments are m and v of the paper's algorithm 1.
    private struct Moments {
        let name: String
        let parameter: Parameter
        let first: Tensor
        let second: Tensor
        var step: Int64 = 0
        /// α / (1 - β₁ᵗ) and √(1 - β₂ᵗ) of the step that is being made.
        var stepSize: Float = 0
        var secondCorrection: Float = 1
    }

    /// The learning rate of steps that name none.
    package var learningRate: Double
    private let beta1: Double
    private let beta2: Double
    private let eps: Float
    private let weightDecay: Float
    private let gradientClip: Float?
    private var moments: [Moments]
    private let chunks: [ParameterChunks.Chunk]
    /// Each chunk's sum of squared gradients, so that a step takes nothing from the heap.
    private let squares: UnsafeMutableBufferPointer<Double>

    /// `gradientClip` bounds the norm of all gradients together; nil leaves them as they are.
    package init(
        parameters: [(name: String, parameter: Parameter)], learningRate: Double, beta1: Double = 0.9,
        beta2: Double = 0.999, eps: Float = 1e-8, weightDecay: Float = 0, gradientClip: Float? = nil
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weightDecay = weightDecay
        self.gradientClip = gradientClip
        moments = parameters.map {
            let shape = $0.parameter.value.shape
            return Moments(name: $0.name, parameter: $0.parameter, first: .zeros(shape), second: .zeros(shape))
        }
        chunks = ParameterChunks.cut(parameters.map(\.parameter))
        squares = .allocate(capacity: chunks.count)
        squares.initialize(repeating: 0)
    }

    deinit { squares.deallocate() }

    /// Forgets all gradients, so that the next backward pass starts from zero and `step` sees what it reaches.
    package func clearGradients() {
        for moment in moments { moment.parameter.value.clearGradient() }
    }

    /// Moves every parameter that has a gradient and returns the norm of all gradients before clipping.
    ///
    /// A norm that is not finite moves nothing: the caller sees it in the result and the model stays whole. `average`, of
    /// the same parameters, takes their new values while they are in the cache.
    @discardableResult
    package func step(learningRate: Double? = nil, average: ExponentialMovingAverage? = nil) -> Double {
        let norm = gradientNorm()
        guard norm.isFinite else { return norm }
        let rate = learningRate ?? self.learningRate
        for index in moments.indices where moments[index].parameter.value.gradientIfAny != nil {
            moments[index].step += 1
            let step = Double(moments[index].step)
            moments[index].stepSize = Float(rate / (1 - pow(beta1, step)))
            moments[index].secondCorrection = Float((1 - pow(beta2, step)).squareRoot())
        }
        // As torch.nn.utils.clip_grad_norm_.
        let clip = gradientClip.map { Float(min(1, Double($0) / (norm + 1e-6))) } ?? 1
        let updates = average?.beginUpdate(of: moments.lazy.map(\.parameter))
        Parallel.forEach(chunks.count) { index in
            update(chunks[index], clip: clip)
            if let updates { average?.update(chunks[index], updates) }
        }
        return norm
    }

    private func gradientNorm() -> Double {
        Parallel.forEach(chunks.count) { index in
            let chunk = chunks[index]
            let gradient = moments[chunk.parameter].parameter.value.gradientIfAny
            squares[index] = gradient.map { grove_dot($0 + chunk.offset, $0 + chunk.offset, chunk.count) } ?? 0
        }
        return squares.reduce(0, +).squareRoot()
    }

    private func update(_ chunk: ParameterChunks.Chunk, clip: Float) {
        let moment = moments[chunk.parameter]
        guard let gradient = moment.parameter.value.gradientIfAny else { return }
        var rule = grove_adam_rule(
            step_size: moment.stepSize, second_correction: moment.secondCorrection, share1: Float(1 - beta1),
            keep2: Float(beta2), share2: Float(1 - beta2), eps: eps, clip: clip, weight_decay: weightDecay)
        grove_adam(
            moment.parameter.value.data + chunk.offset, moment.first.data + chunk.offset,
            moment.second.data + chunk.offset, gradient + chunk.offset, &rule, chunk.count)
    }

    // MARK: Checkpoints

    /// Moments and step counts, in PyTorch's shapes and under PyTorch's words for them.
    package func tensors(prefix: String = "") -> [StoredTensor] {
        moments.flatMap { moment in
            let layout = moment.parameter.layout
            return [
                StoredTensor("\(prefix)\(moment.name).exp_avg", moment.first, layout: layout),
                StoredTensor("\(prefix)\(moment.name).exp_avg_sq", moment.second, layout: layout),
                StoredTensor("\(prefix)\(moment.name).step", [moment.step], shape: []),
            ]
        }
    }

    /// Takes back what `tensors(prefix:)` gave; strict as `StateDictionary.load` is.
    package func load(_ file: Safetensors, prefix: String = "") throws {
        var steps = moments.map(\.step)
        var state = StateDictionary()
        for (index, moment) in moments.enumerated() {
            state.addBuffer("\(moment.name).exp_avg", moment.first, layout: moment.parameter.layout)
            state.addBuffer("\(moment.name).exp_avg_sq", moment.second, layout: moment.parameter.layout)
            state.addCounter("\(moment.name).step", get: { 0 }, set: { steps[index] = $0 })
        }
        try state.load(file, prefix: prefix)
        for index in moments.indices { moments[index].step = steps[index] }
    }
}
