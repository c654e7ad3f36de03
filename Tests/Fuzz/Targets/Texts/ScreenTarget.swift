import GroveClient
import SwiftProtobuf
import Wire

/// What a broker says, as a client shows it: no answer breaks the client, or reaches the terminal as a command.
struct ScreenTarget: FuzzTarget {
    static let name = "screen"

    init(scratch: String) {}

    func seeds() -> [[UInt8]] {
        var job = Grove_V1_Job()
        (job.id, job.kind, job.user, job.worker) = ("01m8khrgy25qtz", "sample", "u", "w")
        (job.submittedMs, job.startedMs, job.finishedMs) = (1, 2, 3)
        job.progress.metrics = ["loss": 0.5]
        (job.progress.step, job.progress.totalSteps, job.progress.stage) = (3, 10, "split")
        (job.progress.imagesPerSecond, job.progress.secondsLeft) = (2, 10)
        job.progress.lossCurve.values = [3, 2, 1]
        (job.terms.notBeforeMs, job.terms.window.opensMinute, job.terms.maxRuntimeMs) = (5, 60, 1000)
        (job.array.jobs, job.array.waiting) = (5, 5)
        job.results = [BrokerSeeds.file([1], "a.png")]
        job.checkpoints.newest = BrokerSeeds.file([1], "checkpoint-1")
        job.failure = RPCError(.internal, "it broke").status
        (job.secondsUntilStart, job.waitingReason, job.resultsUntilMs) = (3, "the queue is paused", 4)
        let states: [Grove_V1_JobState] = [.waiting, .running, .succeeded, .failed, .cancelled]
        let jobs = states.map { state in
            var job = job
            job.state = state
            return encode(job)
        }
        var artifact = Grove_V1_Artifact()
        (artifact.ref.name, artifact.ref.version, artifact.kind, artifact.facts) = ("tree", 3, .tree, BrokerStage.facts)
        var worker = Grove_V1_WorkerInfo()
        (worker.description_p.name, worker.lastSeenMs, worker.connected) = ("w", 1, true)
        var status = Grove_V1_QueueStatus()
        (status.gate, status.waitingJobs) = (.paused, 3)
        return jobs + [encode(artifact), encode(worker), encode(status), encode(RPCError(.aborted, "no").status)]
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] { WireMutator.mutate(input, &random) }

    func run(_ input: [UInt8]) throws -> Int {
        if let job = read(Grove_V1_Job.self, input) {
            try show(JobText.page(job) + JobText.ending(job).split(separator: "\n").map(String.init))
            try show(JobText.table([job, job]).lines(.people) + JobText.table([job]).lines(.programs))
            try show([JobText.removal(job), ProgressLine.text(job, width: 40), ProgressLine.text(job, width: 0)])
            for width in [0, 40, 80, 500] { try show(CurveText.lines(job.progress.lossCurve, width: width)) }
            _ = JSONText.outcome(job, files: job.results.map(\.name))
        }
        if let artifact = read(Grove_V1_Artifact.self, input) {
            try show(ArtifactText.datasets([artifact]).lines(.people) + ArtifactText.models([artifact]).lines(.people))
            _ = JSONText.line(artifact)
        }
        if let worker = read(Grove_V1_WorkerInfo.self, input) {
            try show(ArtifactText.workers([worker], now: 1_764_000_000_000).lines(.people))
            _ = JSONText.line(worker)
        }
        if let status = read(Grove_V1_QueueStatus.self, input) { try show([GateText.sentence(status)]) }
        if let status = read(Grove_V1_Status.self, input), let error = RPCError(status) {
            _ = (error.description, error.status)
        }
        return 1
    }

    private func read<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> M? {
        do throws(RPCError) {
            return try decode(type, from: bytes, what: "an answer")
        } catch {
            return nil
        }
    }

    private func show(_ lines: [String]) throws {
        for line in lines {
            // As `Screen` writes it.
            let written = line.printableLines.unicodeScalars
            let command = written.first {
                ($0.value < 32 && $0 != "\t" && $0 != "\n") || (127..<160).contains($0.value)
            }
            if let command { throw Violation("a line for the terminal has U+\(String(command.value, radix: 16))") }
        }
    }
}
