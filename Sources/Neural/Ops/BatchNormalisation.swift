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
        _ x: Tensor, _ state: BatchNormState, silu: Bool = false, less level: [Double] = []
    ) -> Tensor {
        precondition(
            state.weight.shape == [x.channels],
            "batchNorm: input \(x.shape) does not have the \(state.weight.count) channels of the layer")
        let statistics = training ? ChannelStatistics(batch: x, state) : ChannelStatistics(running: state)
        if !training { onBatchNorm?(state, x) }
        if training { statistics.updateRunning(state, rows: x.rows, level: level) }
        let (rows, channels) = (x.rows, x.channels)
        let y = output(x.shape, from: x, state.weight, state.bias)
        let gain = (0..<channels).map { statistics.deviationInverse[$0] * state.weight.data[$0] }
        Chunks.forEachRows(rows, columns: channels) { row, count in
            grove_normalise(
                y.data + row * channels, x.data + row * channels, statistics.mean, gain, state.bias.data, count,
                channels, silu ? 1 : 0)
        }
        guard y.requiresGradient else { return y }
        let batchStatistics = training
        record { Self.batchNormBackward(y, x, state.weight, state.bias, statistics, batchStatistics, silu: silu) }
        return y
    }

    private static func batchNormBackward(
        _ y: Tensor, _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ statistics: ChannelStatistics,
        _ batchStatistics: Bool, silu: Bool
    ) {
        guard let dy = y.gradientIfAny else { return }
        let (rows, channels) = (x.rows, x.channels)
        let inverse = statistics.deviationInverse
        let gain = (0..<channels).map { inverse[$0] * weight.data[$0] }
        // sum dy, and sum dy (x - mean); dy before the SiLU takes the place of dy after it, which nobody reads again.
        let sums = Chunks.columnSums(rows: rows, columns: channels, width: 2 * channels) { row, count, sums in
            let (dy, x) = (dy + row * channels, x.data + row * channels)
            if silu {
                grove_normalise_silu_backward(dy, x, statistics.mean, gain, bias.data, count, channels)
            }
            grove_column_gradients(sums, sums + channels, dy, x, statistics.mean, count, channels)
        }
        if weight.requiresGradient {
            let dw = weight.gradient()
            for c in 0..<channels { dw[c] += Float(sums[channels + c] * Double(inverse[c])) }
        }
        if bias.requiresGradient {
            let db = bias.gradient()
            for c in 0..<channels { db[c] += Float(sums[c]) }
        }
        guard x.requiresGradient else { return }
        var (slope, level) = ([Float](repeating: 0, count: channels), [Float](repeating: 0, count: channels))
        if batchStatistics {
            for c in 0..<channels {
                let inverse = Double(inverse[c])
                slope[c] = Float(Double(gain[c]) * inverse * inverse * sums[channels + c] / Double(rows))
                level[c] = Float(Double(gain[c]) * sums[c] / Double(rows))
            }
        }
        let (dx, accumulate) = x.gradientSink()
        Chunks.forEachRows(rows, columns: channels) { row, count in
            let offset = row * channels
            grove_normalise_backward(
                dx + offset, dy + offset, x.data + offset, statistics.mean, gain, slope, level, count, channels,
                accumulate ? 1 : 0)
        }
    }
}

/// Mean and 1 / sqrt(variance + eps) of every channel.
private struct ChannelStatistics {
    private(set) var mean: [Float]
    private(set) var deviationInverse: [Float]
    /// The batch's biased variance; empty for running statistics.
    private var variance: [Double] = []

    init(running state: BatchNormState) {
        mean = state.runningMean.values
        deviationInverse = state.runningVariance.values.map {
            Float(1 / (Double($0) + Double(BatchNormState.eps)).squareRoot())
        }
    }

    /// Two passes, the second about the first's mean, in double precision.
    init(batch x: Tensor, _ state: BatchNormState) {
        let (rows, channels) = (x.rows, x.channels)
        let sums = Chunks.columnSums(rows: rows, columns: channels, width: 2 * channels) { row, count, sums in
            grove_column_moments(sums, sums + channels, x.data + row * channels, count, channels)
        }
        mean = []
        deviationInverse = []
        for channel in 0..<channels {
            let mean = sums[channel] / Double(rows)
            let variance = max(0, sums[channels + channel] / Double(rows) - mean * mean)
            self.mean.append(Float(mean))
            self.variance.append(variance)
            deviationInverse.append(Float(1 / (variance + Double(BatchNormState.eps)).squareRoot()))
        }
    }

    /// running += momentum (batch - running), with the unbiased variance.
    func updateRunning(_ state: BatchNormState, rows: Int, level: [Double]) {
        let momentum = BatchNormState.momentum
        let unbiased = Double(rows) / Double(max(1, rows - 1))
        for channel in mean.indices {
            let (runningMean, runningVariance) = (
                state.runningMean.data + channel, state.runningVariance.data + channel
            )
            let mean = level.isEmpty ? mean[channel] : Float(Double(mean[channel]) + level[channel])
            runningMean.pointee += momentum * (mean - runningMean.pointee)
            runningVariance.pointee += momentum * (Float(variance[channel] * unbiased) - runningVariance.pointee)
        }
        state.batchesTracked += 1
    }
}
