/// A job in one line: its stage, how far it is, what it measures, and when it will be done.
package struct ProgressLine {
    /// A piece of the line, and how soon it may go when there is no room: the highest first.
    private struct Part {
        var text: String
        var dispensability: Int
    }

    /// The line for `job`, at most `width` characters.
    /// - Parameter bar: characters of the bar; 0 leaves it out.
    package static func text(_ job: Job, width: Int, bar: Int = 20) -> String {
        var parts = parts(job, bar: bar)
        while join(parts.map(\.text)).count > width,
            let least = parts.indices.max(by: { parts[$0].dispensability < parts[$1].dispensability }),
            parts[least].dispensability > 0
        {
            parts.remove(at: least)
        }
        return cut(join(parts.map(\.text)), to: width)
    }

    private static func join(_ parts: [String]) -> String { parts.joined(separator: "  ") }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }

    private static func parts(_ job: Job, bar: Int) -> [Part] {
        switch job.state {
        case .waiting:
            var parts = [Part(text: "waiting", dispensability: 0)]
            if job.position > 0 { parts.append(Part(text: "\(job.position) before it", dispensability: 0)) }
            if !job.waitingReason.isEmpty {
                parts.append(Part(text: job.waitingReason.printable, dispensability: 0))
            }
            return parts
        case .running where job.hasProgress: return running(job.progress, bar: bar)
        default: return [Part(text: job.state.word, dispensability: 0)]
        }
    }

    private static func running(_ progress: JobProgress, bar: Int) -> [Part] {
        var parts: [Part] = []
        func add(_ text: String, _ dispensability: Int) {
            parts.append(Part(text: text, dispensability: dispensability))
        }
        add(progress.stage.isEmpty ? "running" : progress.stage.printable, 0)
        if progress.totalSteps > 0 {
            let share = min(1, Double(progress.step) / Double(progress.totalSteps))
            if bar > 0 { add(self.bar(share, bar), 2) }
            add("\(progress.step)/\(progress.totalSteps)", 0)
            add("\(Int(share * 100)) %", 5)
        } else if progress.step > 0 {
            add("step \(progress.step)", 0)
        }
        if progress.epochs > 0 { add("epoch \(progress.epoch)/\(progress.epochs)", 4) }
        if let loss = progress.metrics["loss"] { add("loss \(Format.number(loss))", 1) }
        if progress.imagesPerSecond > 0 { add("\(Format.number(progress.imagesPerSecond)) images/s", 3) }
        if progress.secondsLeft >= 0 && progress.totalSteps > 0 {
            add("\(Format.duration(seconds: progress.secondsLeft)) left", 0)
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
            verb, self.bar(share, bar), "\(Format.bytes(done)) of \(Format.bytes(total))", name.printable,
        ]
        return cut(join(parts), to: width)
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
