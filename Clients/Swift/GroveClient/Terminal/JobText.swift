/// Jobs, workers and artifacts as tables and pages.
package enum JobText {
    package static func table(_ jobs: [Job]) -> Table {
        var table = Table([
            .init("JOB"), .init("KIND"), .init("STATE"), .init("SUBMITTED"), .init("USER"), .init("WORKER"),
            .init("PROGRESS"),
        ])
        for job in jobs {
            let user = job.user.isEmpty ? "-" : job.user
            let worker = job.worker.isEmpty ? "-" : job.worker
            table.add([
                job.id, job.kind, job.state.word, Format.time(milliseconds: job.submittedMs), user, worker, brief(job),
            ])
        }
        return table
    }

    private static func brief(_ job: Job) -> String {
        switch job.state {
        case .waiting, .running: ProgressLine.text(job, width: 50, bar: 0)
        case .succeeded: made(job)
        default: job.failure.message.isEmpty ? "-" : String(job.failure.message.prefix(80))
        }
    }

    private static func made(_ job: Job) -> String {
        let artifacts = job.artifacts.map(\.text)
        let files = job.results.count
        let all = artifacts + (files == 0 ? [] : [files == 1 ? "1 file" : "\(files) files"])
        return all.isEmpty ? "-" : all.joined(separator: ", ")
    }

    /// All that there is to say of one job.
    package static func page(_ job: Job) -> [String] {
        var lines: [(String, String)] = [
            ("job", job.id), ("kind", job.kind), ("state", job.state.word),
            ("submitted", Format.time(milliseconds: job.submittedMs)),
        ]
        if !job.user.isEmpty { lines.append(("user", job.user)) }
        lines.append(("priority", String(job.priority)))
        if job.startedMs > 0 { lines.append(("started", Format.time(milliseconds: job.startedMs))) }
        if job.finishedMs > 0 {
            lines.append(("finished", Format.time(milliseconds: job.finishedMs)))
            if job.startedMs > 0 {
                let seconds = Double(job.finishedMs - job.startedMs) / 1000
                lines.append(("took", Format.duration(seconds: max(0, seconds))))
            }
        }
        lines += terms(job.terms)
        if !job.after.isEmpty { lines.append(("after", job.after.joined(separator: ", "))) }
        if !job.arrayJobID.isEmpty { lines.append(("array", "\(job.arrayIndex) of \(job.arrayJobID)")) }
        if job.hasArray { lines.append(("jobs", array(job.array))) }
        if !job.retryOf.isEmpty { lines.append(("retry of", job.retryOf)) }
        if job.attempts > 0 { lines.append(("attempts", String(job.attempts))) }
        if job.failures > 0 { lines.append(("failures", String(job.failures))) }
        if job.interruptions > 0 { lines.append(("interruptions", String(job.interruptions))) }
        if !job.worker.isEmpty { lines.append(("worker", job.worker)) }
        if !job.state.isTerminal { lines.append(("progress", ProgressLine.text(job, width: 200, bar: 0))) }
        if job.waitsUntilMs > 0 { lines.append(("waits until", Format.time(milliseconds: job.waitsUntilMs))) }
        if job.hasSecondsUntilStart {
            lines.append(("begins in about", Format.duration(seconds: job.secondsUntilStart)))
        }
        for (name, value) in job.progress.metrics.sorted(by: { $0.key < $1.key }) {
            lines.append((name, Format.number(value)))
        }
        if job.hasCheckpoints { lines.append(("checkpoints", checkpoints(job))) }
        if job.hasFailure { lines.append(("failure", job.failure.message)) }
        for artifact in job.artifacts { lines.append(("made", artifact.text)) }
        if job.resultsUntilMs > 0 { lines.append(("kept until", Format.time(milliseconds: job.resultsUntilMs))) }
        if job.resultsRemovedMs > 0 { lines.append(("results", removal(job))) }
        for result in job.results { lines.append(("result", "\(result.name) (\(Format.bytes(result.size)))")) }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { name, value in
            name.printable + String(repeating: " ", count: width - name.count) + "  " + value.printable
        }
    }

    /// `64: 3 waiting, 8 running, 53 succeeded`
    private static func array(_ array: Grove_V1_ArrayStatus) -> String {
        let counts: [(UInt32, JobState)] = [
            (array.waiting, .waiting), (array.running, .running), (array.succeeded, .succeeded),
            (array.failed, .failed), (array.cancelled, .cancelled), (array.expired, .expired),
        ]
        let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1.word)" }
        let limit = array.atMostRunning > 0 ? ", at most \(array.atMostRunning) at a time" : ""
        return "\(array.jobs): \(parts.joined(separator: ", "))\(limit)"
    }

    private static func terms(_ terms: Terms) -> [(String, String)] {
        var lines: [(String, String)] = []
        func add(_ name: String, _ milliseconds: UInt64) {
            guard milliseconds > 0 else { return }
            lines.append((name, Format.duration(seconds: Double(milliseconds) / 1000)))
        }
        if terms.notBeforeMs > 0 { lines.append(("not before", Format.time(milliseconds: terms.notBeforeMs))) }
        if terms.hasWindow {
            let (opens, closes) = (terms.window.opensMinute, terms.window.closesMinute)
            lines.append(("window", "\(Format.clock(minute: opens))-\(Format.clock(minute: closes)) at the broker"))
        }
        add("at most", terms.maxRuntimeMs)
        add("expires after", terms.queueTtlMs)
        add("no progress", terms.noProgressMs)
        if terms.hasRetries { lines.append(("retries", String(terms.retries))) }
        if terms.hasKeepResultsMs, terms.keepResultsMs == 0 { lines.append(("keeps results", "for good")) }
        add("keeps results", terms.keepResultsMs)
        return lines
    }

    /// Those that are kept, the newest first.
    private static func checkpoints(_ job: Job) -> String {
        let kept = job.checkpoints
        var names = [kept.newest.name]
        if kept.hasPrevious { names.append(kept.previous.name) }
        if kept.hasBest { names.append("best \(kept.best.name)") }
        return names.joined(separator: ", ")
    }

    /// `removed at 2026-11-24 19:00:00, when their time was over`
    package static func removal(_ job: Job) -> String {
        "removed at \(Format.time(milliseconds: job.resultsRemovedMs)), when their time was over"
    }

    /// One sentence about how a job ended, and how it can go on where it can.
    package static func ending(_ job: Job) -> String {
        switch job.state {
        case .succeeded: return "job \(job.id) succeeded"
        case .cancelled: return "job \(job.id) was cancelled" + goingOn(job, "'grove resume \(job.id)'")
        case .expired, .failed:
            let verb = job.state == .expired ? "expired" : "failed"
            let reason =
                job.failure.message.isEmpty
                ? "job \(job.id) \(verb); see 'grove logs \(job.id)'"
                : "job \(job.id) \(verb): \(job.failure.message.printable)"
            return reason + goingOn(job, "'grove resume \(job.id) --set key=value'")
        case .waiting, .running, .unspecified, .UNRECOGNIZED: return "job \(job.id) is \(job.state.word)"
        }
    }

    private static func goingOn(_ job: Job, _ command: String) -> String {
        job.hasCheckpoints ? "\ngo on from \(job.checkpoints.newest.name.printable) with \(command)" : ""
    }
}
