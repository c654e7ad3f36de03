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
    /// A norm that is not finite moves nothing: the caller sees it in the result and the model stays whole.
    @discardableResult
    package func step(learningRate: Double? = nil) -> Double {
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
        Parallel.forEach(chunks.count) { update(chunks[$0], clip: clip) }
        return norm
    }

    private func gradientNorm() -> Double {
        Parallel.forEach(chunks.count) { index in
            let chunk = chunks[index]
            let gradient = moments[chunk.parameter].parameter.value.gradientIfAny
            squares[index] = gradient.map { Self.sumOfSquares($0 + chunk.offset, chunk.count) } ?? 0
        }
        return squares.reduce(0, +).squareRoot()
    }

    private static func sumOfSquares(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
        var lanes = SIMD8<Double>()
        var index = 0
        while index + 8 <= count {
            let part = SIMD8<Double>(load8(values + index))
            lanes += part * part
            index += 8
        }
        var sum = lanes.sum()
        while index < count {
            sum += Double(values[index]) * Double(values[index])
            index += 1
        }
        return sum
    }

    private func update(_ chunk: ParameterChunks.Chunk, clip: Float) {
        let moment = moments[chunk.parameter]
        guard let gradients = moment.parameter.value.gradientIfAny else { return }
        let gradient = UnsafePointer(gradients) + chunk.offset
        let value = moment.parameter.value.data + chunk.offset
        let first = moment.first.data + chunk.offset
        let second = moment.second.data + chunk.offset
        // Eight at a time, then one at a time: the same arithmetic, so a value's place does not matter.
        let rule = UpdateRule(
            stepSize: moment.stepSize, secondCorrection: moment.secondCorrection, share1: Float(1 - beta1),
            keep2: Float(beta2), share2: Float(1 - beta2), eps: eps, clip: clip, weightDecay: weightDecay)
        var index = 0
        while index + 8 <= chunk.count {
            var (x, m, v) = (Self.load8(value + index), Self.load8(first + index), Self.load8(second + index))
            rule.apply(gradient: Self.load8(gradient + index), &x, &m, &v)
            Self.store8(x, value + index)
            Self.store8(m, first + index)
            Self.store8(v, second + index)
            index += 8
        }
        while index < chunk.count {
            var (x, m, v) = (SIMD2(value[index], 0), SIMD2(first[index], 0), SIMD2(second[index], 0))
            rule.apply(gradient: SIMD2(gradient[index], 0), &x, &m, &v)
            (value[index], first[index], second[index]) = (x[0], m[0], v[0])
            index += 1
        }
    }

    @inline(__always)
    private static func load8(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func store8(_ values: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD8<Float>.self)
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

/// One step's arithmetic, in the order in which PyTorch rounds it.
private struct UpdateRule {
    let stepSize: Float
    let secondCorrection: Float
    let share1: Float
    let keep2: Float
    let share2: Float
    let eps: Float
    let clip: Float
    let weightDecay: Float

    @inline(__always)
    func apply<Lanes: SIMD<Float>>(
        gradient: Lanes, _ value: inout Lanes, _ first: inout Lanes, _ second: inout Lanes
    ) {
        let g = gradient * clip + weightDecay * value
        first += share1 * (g - first)
        second = keep2 * second + share2 * g * g
        value -= stepSize * (first / (second.squareRoot() / secondCorrection + eps))
    }
}
