/// One thing that is measured, in a process of its own so that its peak memory is its own.
struct BenchmarkCase: Sendable {
    /// What is under the clock.
    enum Mode: String, Sendable {
        /// One pass in evaluation.
        case forward
        /// One optimiser step: forward, backward, clipping, Adam and whatever follows it.
        case train
        /// One step of a run as workers take it, all that surrounds the network included.
        case step
        /// A whole job through a broker and a worker.
        case job
        /// Every convolution shape of a model with each algorithm.
        case table
    }

    /// Group and subject, as in `unet.paper-gray28`.
    let name: String
    let mode: Mode
    /// Images a pass; 0 where that means nothing.
    let batch: Int
    /// Measures and answers lines for the output.
    let run: @Sendable (BenchmarkCase) async throws -> [BenchmarkLine]

    init(
        _ name: String, _ mode: Mode, batch: Int = 0,
        run: @escaping @Sendable (BenchmarkCase) async throws -> [BenchmarkLine]
    ) {
        (self.name, self.mode, self.batch, self.run) = (name, mode, batch, run)
    }

    /// Tells this case from all others.
    var id: String { "\(name)/\(mode.rawValue)/\(batch)" }

    /// A line of output that begins with what was measured.
    func line(_ fields: [(String, BenchmarkLine.Value)]) -> BenchmarkLine {
        BenchmarkLine([("case", .text(name)), ("mode", .text(mode.rawValue)), ("batch", .whole(batch))] + fields)
    }
}
