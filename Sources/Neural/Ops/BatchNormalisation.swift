import CKernels

extension Graph {
    /// Batch normalisation (Ioffe & Szegedy 2015) of each channel of the last axis over all rows.
    ///
    /// Training uses the batch's statistics and moves the running ones; evaluation uses the running ones.
    ///
    /// - Parameters:
    ///   - silu: whether SiLU follows, in the same pass over memory.
    ///   - level: what was taken away from each channel of `x` beforehand, so that less of it is rounded away.
    ///     The running means are those of `x` with it.
    package func batchNorm(
        _ x: Tensor, _ state: BatchNormState, silu: Bool = false, less level: Doubles? = nil
    ) -> Tensor {
        precondition(
            state.weight.shape == Shape(x.channels),
            "batchNorm: input \(x.shape) does not have the \(state.weight.count) channels of the layer")
        let statistics = ChannelStatistics(of: x, state, batch: training, in: self)
        if training { statistics.updateRunning(state, rows: x.rows, level: level) } else { onBatchNorm?(state, x) }
        let (rows, channels) = (x.rows, x.channels)
        let y = output(x.shape, from: x, state.weight, state.bias)
        Chunks.forEachRows(rows, columns: channels) { row, count in
            grove_normalise(
                y.data + row * channels, x.data + row * channels, statistics.mean, statistics.gain, state.bias.data,
                count, channels, silu ? 1 : 0)
        }
        guard y.requiresGradient else { return y }
        record((y, x, state.weight, state.bias, statistics, silu)) { kept, graph in
            let (y, x, weight, bias, statistics, silu) = kept
            Graph.batchNormBackward(y, x, weight, bias, statistics, graph.training, silu: silu)
        }
        return y
    }

    private static func batchNormBackward(
        _ y: Tensor, _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ statistics: ChannelStatistics,
        _ batchStatistics: Bool, silu: Bool
    ) {
        guard let dy = y.gradientIfAny else { return }
        let (rows, channels) = (x.rows, x.channels)
        let (mean, inverse, gain) = (statistics.mean, statistics.deviationInverse, statistics.gain)
        // sum dy, and sum dy (x - mean); dy before the SiLU takes the place of dy after it, which nobody reads again.
        let sums = Chunks.columnSums(rows: rows, columns: channels, width: 2 * channels) { row, count, sums in
            let (dy, x) = (dy + row * channels, x.data + row * channels)
            if silu { grove_normalise_silu_backward(dy, x, mean, gain, bias.data, count, channels) }
            grove_column_gradients(sums, sums + channels, dy, x, mean, count, channels)
        }
        if weight.requiresGradient {
            let dw = weight.gradient()
            for c in 0..<channels { dw[c] += Float(sums.doubles[channels + c] * Double(inverse[c])) }
        }
        if bias.requiresGradient {
            let db = bias.gradient()
            for c in 0..<channels { db[c] += Float(sums.doubles[c]) }
        }
        guard x.requiresGradient else { return }
        let maps = Scratch(2 * channels)
        let (slope, level) = (maps.data, maps.data + channels)
        for c in 0..<channels {
            let (inverse, gain) = (Double(inverse[c]), batchStatistics ? Double(gain[c]) : 0)
            slope[c] = Float(gain * inverse * inverse * sums.doubles[channels + c] / Double(rows))
            level[c] = Float(gain * sums.doubles[c] / Double(rows))
        }
        let (dx, accumulate) = x.gradientSink()
        Chunks.forEachRows(rows, columns: channels) { row, count in
            let offset = row * channels
            grove_normalise_backward(
                dx + offset, dy + offset, x.data + offset, mean, statistics.gain, slope, level, count, channels,
                accumulate ? 1 : 0)
        }
    }
}

/// Mean, 1 / sqrt(variance + eps) and, with the layer's weight, gain of every channel.
private struct ChannelStatistics {
    private let channels: Int
    private let maps: Tensor

    var mean: UnsafeMutablePointer<Float> { maps.data }
    var deviationInverse: UnsafeMutablePointer<Float> { maps.data + channels }
    var gain: UnsafeMutablePointer<Float> { maps.data + 2 * channels }
    /// The biased one.
    private let variance: Doubles

    /// The batch's statistics, or the running ones.
    init(of x: Tensor, _ state: BatchNormState, batch: Bool, in graph: Graph) {
        channels = x.channels
        maps = graph.tensor(Shape(3, channels))
        variance = graph.doubles(channels)
        if batch { measure(x) } else { copy(state) }
        for channel in 0..<channels {
            deviationInverse[channel] = Float(1 / (variance[channel] + Double(BatchNormState.eps)).squareRoot())
            gain[channel] = deviationInverse[channel] * state.weight.data[channel]
        }
    }

    /// In double precision.
    private func measure(_ x: Tensor) {
        let (rows, channels) = (x.rows, channels)
        let sums = Chunks.columnSums(rows: rows, columns: channels, width: 2 * channels) { row, count, sums in
            grove_column_moments(sums, sums + channels, x.data + row * channels, count, channels)
        }
        for channel in 0..<channels {
            let mean = sums.doubles[channel] / Double(rows)
            self.mean[channel] = Float(mean)
            variance[channel] = max(0, sums.doubles[channels + channel] / Double(rows) - mean * mean)
        }
    }

    private func copy(_ state: BatchNormState) {
        for channel in 0..<channels {
            mean[channel] = state.runningMean.data[channel]
            variance[channel] = Double(state.runningVariance.data[channel])
        }
    }

    /// running += momentum (batch - running), with the unbiased variance.
    func updateRunning(_ state: BatchNormState, rows: Int, level: Doubles?) {
        let momentum = BatchNormState.momentum
        let unbiased = Double(rows) / Double(max(1, rows - 1))
        for channel in 0..<channels {
            let (runningMean, runningVariance) = (
                state.runningMean.data + channel, state.runningVariance.data + channel
            )
            let mean = level.map { Float(Double(self.mean[channel]) + $0[channel]) } ?? self.mean[channel]
            runningMean.pointee += momentum * (mean - runningMean.pointee)
            runningVariance.pointee += momentum * (Float(variance[channel] * unbiased) - runningVariance.pointee)
        }
        state.batchesTracked += 1
    }
}
