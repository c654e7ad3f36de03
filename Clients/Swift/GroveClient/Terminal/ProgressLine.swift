/// A job in one line: its stage, how far it is, what it measures, and when it will be done.
package struct ProgressLine {
    /// The line for `job`, at most `width` characters.
    /// - Parameter bar: characters of the bar; 0 leaves it out.
    package static func text(_ job: Job, width: Int, bar: Int = 20) -> String {
        let text = parts(job, bar: bar).joined(separator: "  ")
        return text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }

    private static func parts(_ job: Job, bar: Int) -> [String] {
        switch job.state {
        case .waiting:
            var parts = ["waiting"]
            if job.position > 0 { parts.append("\(job.position) before it") }
            if !job.waitingReason.isEmpty { parts.append(Format.safe(job.waitingReason)) }
            return parts
        case .running where job.hasProgress: return running(job.progress, bar: bar)
        default: return [job.state.word]
        }
    }

    private static func running(_ progress: JobProgress, bar: Int) -> [String] {
        var parts = [progress.stage.isEmpty ? "running" : Format.safe(progress.stage)]
        if progress.totalSteps > 0 {
            let share = min(1, Double(progress.step) / Double(progress.totalSteps))
            if bar > 0 { parts.append(self.bar(share, bar)) }
            parts.append("\(progress.step)/\(progress.totalSteps)")
            parts.append("\(Int(share * 100)) %")
        } else if progress.step > 0 {
            parts.append("step \(progress.step)")
        }
        if progress.epochs > 0 { parts.append("epoch \(progress.epoch)/\(progress.epochs)") }
        if let loss = progress.metrics["loss"] { parts.append("loss \(Format.number(loss))") }
        if progress.imagesPerSecond > 0 { parts.append("\(Format.number(progress.imagesPerSecond)) images/s") }
        if progress.secondsLeft >= 0 && progress.totalSteps > 0 {
            parts.append("\(Format.duration(seconds: progress.secondsLeft)) left")
        }
        return parts
    }

    /// `[########............]`
    static func bar(_ share: Double, _ width: Int) -> String {
        let full = Int((min(max(share, 0), 1) * Double(width)).rounded(.down))
        return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "]"
    }

    /// `uploading  [####....]  3.1 MB of 7 MB  train-images`
    package static func transfer(
        _ verb: String, done: UInt64, total: UInt64, name: String, width: Int, bar: Int = 20
    ) -> String {
        let share = total == 0 ? 1 : Double(done) / Double(total)
        let parts = [
            verb, self.bar(share, bar), "\(Format.bytes(done)) of \(Format.bytes(total))", Format.safe(name),
        ]
        let text = parts.joined(separator: "  ")
        return text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }
}

extension JobState {
    /// The word for it.
    package var word: String {
        switch self {
        case .waiting: "waiting"
        case .running: "running"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }

    package static let words: [(word: String, state: JobState)] =
        [JobState.waiting, .running, .succeeded, .failed, .cancelled, .expired].map { ($0.word, $0) }
}
