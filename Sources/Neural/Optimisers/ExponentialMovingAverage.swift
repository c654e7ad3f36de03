import CKernels

/// The moving average of a network's parameters, θ̄ ← d·θ̄ + (1 - d)·θ after each step, which samples better than the
/// parameters themselves (Ho et al. 2020). It starts as a copy of them and is not corrected for that.
package final class ExponentialMovingAverage {
    private struct Average {
        let name: String
        let parameter: Parameter
        let mean: Tensor
    }

    private let decay: Double
    private let warmUp: Bool
    private let averages: [Average]
    private let chunks: [ParameterChunks.Chunk]
    /// How many updates were made.
    package private(set) var updates: Int64 = 0

    /// With `warmUp` the decay of update k = 0, 1, ... is at most (1 + k) / (10 + k), so that a short run does not
    /// sample from its random start.
    package init(parameters: [(name: String, parameter: Parameter)], decay: Double, warmUp: Bool) {
        precondition((0...1).contains(decay), "ExponentialMovingAverage: decay \(decay) is not in 0 ... 1")
        self.decay = decay
        self.warmUp = warmUp
        averages = parameters.map { name, parameter in
            let mean = Tensor(parameter.value.shape)
            mean.data.update(from: parameter.value.data, count: mean.count)
            return Average(name: name, parameter: parameter, mean: mean)
        }
        chunks = ParameterChunks.cut(parameters.map(\.parameter))
    }

    /// The decay that the next update uses.
    package var nextDecay: Double {
        warmUp ? min(decay, Double(1 + updates) / Double(10 + updates)) : decay
    }

    /// Takes the parameters' present values into the average.
    package func update() {
        let shares = beginUpdate(of: averages.lazy.map(\.parameter))
        Parallel.forEach(chunks.count) { update(chunks[$0], shares) }
    }

    /// How much of the average stays, and how much of the parameters enters.
    typealias Shares = (keep: Float, share: Float)

    /// Counts an update, which `update(_:_:)` then makes chunk by chunk for parameters that are those of this average.
    func beginUpdate(of parameters: some Collection<Parameter>) -> Shares {
        precondition(
            parameters.count == averages.count && zip(parameters, averages).allSatisfy { $0 === $1.parameter },
            "ExponentialMovingAverage: the optimiser moves other parameters")
        defer { updates += 1 }
        return (Float(nextDecay), Float(1 - nextDecay))
    }

    func update(_ chunk: ParameterChunks.Chunk, _ shares: Shares) {
        let average = averages[chunk.parameter]
        grove_moving_average(
            average.mean.data + chunk.offset, average.parameter.value.data + chunk.offset, shares.keep, shares.share,
            chunk.count)
    }

    /// Puts the averages into the network and its parameters here; a second call undoes the first. For a look at
    /// samples during training.
    package func exchange() {
        Parallel.forEach(chunks.count) { index in
            let chunk = chunks[index]
            let mean = averages[chunk.parameter].mean.data + chunk.offset
            let value = averages[chunk.parameter].parameter.value.data + chunk.offset
            for index in 0..<chunk.count { (mean[index], value[index]) = (value[index], mean[index]) }
        }
    }

    /// Copies the averages into the parameters of another network of the same build, in its order of parameters.
    package func copy(to parameters: [(name: String, parameter: Parameter)]) {
        precondition(
            parameters.map(\.name) == averages.map(\.name),
            "ExponentialMovingAverage: the other network's parameters have other names")
        for (average, target) in zip(averages, parameters) {
            precondition(
                target.parameter.value.shape == average.mean.shape,
                "ExponentialMovingAverage: \(target.name) has shape \(target.parameter.value.shape), "
                    + "not \(average.mean.shape)")
            target.parameter.value.data.update(from: average.mean.data, count: average.mean.count)
        }
    }

    /// The average of one parameter, in our order; nil where there is none of that name.
    package func average(of name: String) -> Tensor? { averages.first { $0.name == name }?.mean }

    // MARK: Checkpoints

    /// The averages under their parameters' names, as a state dictionary of the network that samples.
    package func tensors(prefix: String = "") -> [StoredTensor] {
        averages.map { StoredTensor(prefix + $0.name, $0.mean, layout: $0.parameter.layout) }
    }

    /// Takes back what `tensors(prefix:)` gave, with the `updates` of then; strict as `StateDictionary.load` is.
    package func load(_ file: Safetensors, updates: Int64, prefix: String = "") throws {
        var state = StateDictionary()
        for average in averages { state.addBuffer(average.name, average.mean, layout: average.parameter.layout) }
        try state.load(file, prefix: prefix)
        self.updates = updates
    }
}
