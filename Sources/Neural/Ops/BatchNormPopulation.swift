import CKernels

/// What batch normalisations are given over evaluation passes, so that they can be fitted to it.
///
/// A network that was trained on some of the images normalises by their statistics. Trained on with batches of all images it
/// would from its first step normalise by others, and compute something else.
package final class BatchNormPopulation {
    private struct Moments {
        let state: BatchNormState
        var rows = 0
        var sums: [Double]
        var squares: [Double]

        init(_ state: BatchNormState) {
            self.state = state
            sums = Array(repeating: 0, count: state.weight.count)
            squares = sums
        }
    }

    private var moments: [ObjectIdentifier: Moments] = [:]

    package init() {}

    /// A pass in evaluation mode, in which inputs of batch normalisations are noted.
    package var graph: Graph {
        let graph = Graph.inference
        graph.onBatchNorm = { [self] state, input in note(state, input) }
        return graph
    }

    private func note(_ state: BatchNormState, _ x: Tensor) {
        let channels = x.channels
        let sums = Chunks.columnSums(rows: x.rows, columns: channels, width: 2 * channels) { row, count, sums in
            grove_column_moments(sums, sums + channels, x.data + row * channels, count, channels)
        }
        var moments = moments[ObjectIdentifier(state)] ?? Moments(state)
        moments.rows += x.rows
        for channel in 0..<channels {
            moments.sums[channel] += sums.doubles[channel]
            moments.squares[channel] += sums.doubles[channels + channel]
        }
        self.moments[ObjectIdentifier(state)] = moments
    }

    /// Makes the statistics of what was noted the running ones, and moves scales and shifts so that in evaluation each layer
    /// computes what it did before.
    package func settle() {
        for moments in moments.values {
            for channel in moments.sums.indices { settle(channel, of: moments) }
        }
    }

    private func settle(_ channel: Int, of moments: Moments) {
        let state = moments.state
        let rows = Double(moments.rows)
        let mean = moments.sums[channel] / rows
        let variance = max(0, moments.squares[channel] / rows - mean * mean) * rows / max(1, rows - 1)
        let eps = Double(BatchNormState.eps)
        let before = (Double(state.runningVariance.data[channel]) + eps).squareRoot()
        let weight = Double(state.weight.data[channel])
        state.bias.data[channel] += Float(weight * (mean - Double(state.runningMean.data[channel])) / before)
        state.weight.data[channel] = Float(weight * (variance + eps).squareRoot() / before)
        state.runningMean.data[channel] = Float(mean)
        state.runningVariance.data[channel] = Float(variance)
    }
}
