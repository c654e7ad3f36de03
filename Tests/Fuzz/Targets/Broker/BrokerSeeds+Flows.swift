import Wire

// Whole stories, from HELLO to the end of a job.
extension BrokerSeeds {
    static var all: [BrokerScript] { [whole, checkpoints, terms, structures, reading] + kinds.map(submission) }

    private static let content: [UInt8] = [1, 2, 3]

    /// An import from the upload to its dataset, with what a worker says meanwhile.
    private static var whole: BrokerScript {
        var seeds = BrokerSeeds()
        seeds.put(client, content)
        seeds.submit(importing("digits"))
        seeds.take(worker)
        seeds.call(worker, Method.workHeartbeat, heartbeat(0))
        seeds.call(worker, Method.workLog, log(0, ["one", "two"]))
        seeds.pass(500)
        seeds.call(worker, Method.workComplete, success(0, .dataset, "digits"))
        seeds.call(client, Method.jobsGet, named(Grove_V1_GetJobRequest()) { $0.jobID = job(0) })
        seeds.call(client, Method.jobsCancel, named(Grove_V1_CancelJobRequest()) { $0.jobID = job(0) })
        return seeds.script
    }

    /// A training that is interrupted, lost, resumed and fails.
    private static var checkpoints: BrokerScript {
        var seeds = BrokerSeeds()
        seeds.put(worker, content)
        seeds.submit(kinds[2])
        seeds.take(worker)
        seeds.call(worker, Method.workHeartbeat, heartbeat(0))
        var checkpoint = Grove_V1_CheckpointRequest()
        (checkpoint.attempt, checkpoint.best) = (attempt(0), true)
        (checkpoint.checkpoint, checkpoint.files) = (file(content, "checkpoint-1"), [file(content, "sheet.png")])
        seeds.call(worker, Method.workCheckpoint, checkpoint)
        seeds.pass(16_000)
        seeds.take(otherWorker)
        seeds.restart()
        seeds.call(otherWorker, Method.workHeartbeat, heartbeat(0, 2))
        seeds.call(otherWorker, Method.workLog, log(0, ["three"], 2))
        var failure = Grove_V1_CompleteRequest()
        failure.attempt = attempt(0, 2)
        failure.failure = RPCError(.internal, "it broke", violations: [.init(field: "f", description: "d")]).status
        seeds.call(otherWorker, Method.workComplete, failure)
        seeds.pass(60_000)
        seeds.call(client, Method.jobsCancel, named(Grove_V1_CancelJobRequest()) { $0.jobID = job(0) })
        seeds.call(
            client, Method.jobsRetry,
            named(Grove_V1_RetryJobRequest()) { ($0.jobID, $0.idempotencyKey) = (job(0), "r") })
        var resumed = kinds[2]
        (resumed.trainTree.resume.jobID, resumed.trainTree.resume.which) = (job(0), "best")
        seeds.submit(resumed)
        return seeds.script
    }

    /// Times of every sort, and a worker that comes late.
    private static var terms: BrokerScript {
        var seeds = BrokerSeeds()
        seeds.put(client, content)
        var request = request(importing("later"))
        request.terms.notBeforeMs = 1_764_000_100_000
        (request.terms.window.opensMinute, request.terms.window.closesMinute) = (1140, 420)
        (request.terms.queueTtlMs, request.terms.noProgressMs) = (86_400_000, 60_000)
        seeds.call(client, Method.jobsSubmit, request)
        (request.terms.notBeforeMs, request.terms.startDelayMs) = (0, 600_000)
        seeds.call(client, Method.jobsSubmit, request)
        seeds.take(worker)
        seeds.call(client, Method.jobsWatch, named(Grove_V1_WatchJobRequest()) { $0.jobID = job(0) })
        for _ in 0..<4 { seeds.pass(4 * 3_600_000) }
        seeds.call(worker, Method.workHeartbeat, heartbeat(0))
        seeds.pass(12 * 3_600_000)
        return seeds.script
    }

    /// A chain with an array, and jobs after jobs.
    private static var structures: BrokerScript {
        var seeds = BrokerSeeds()
        seeds.put(client, content)
        var array = request(importing("array"))
        array.clearSpec()
        array.array.elements = (0..<3).map { index in
            var element = Grove_V1_ArrayElement()
            (element.index, element.spec) = (UInt32(index), importing("array-\(index)"))
            return element
        }
        array.array.atMostRunning = 2
        seeds.call(client, Method.jobsSubmit, array)
        var chain = Grove_V1_SubmitChainRequest()
        chain.jobs = [request(importing("one")), array, request(importing("two"))].enumerated().map { index, submit in
            var job = Grove_V1_ChainJob()
            (job.name, job.submit, job.after) = ("step\(index)", submit, index == 0 ? [] : [UInt32(index - 1)])
            return job
        }
        seeds.call(client, Method.jobsSubmitChain, chain)
        seeds.submit(importing("after"), after: [job(0)], key: "key")
        for _ in 0..<4 { seeds.take(worker) }
        seeds.call(worker, Method.workComplete, success(1, .dataset, "array-0"))
        seeds.call(client, Method.jobsCancel, named(Grove_V1_CancelJobRequest()) { $0.jobID = job(0) })
        return seeds.script
    }

    /// What only reads, and gates.
    private static var reading: BrokerScript {
        var seeds = BrokerSeeds()
        seeds.put(client, content)
        seeds.submit(importing("read"))
        seeds.call(
            client, Method.jobsList, named(Grove_V1_ListJobsRequest()) { ($0.limit, $0.beforeJobID) = (5, job(0)) })
        seeds.call(client, Method.jobsLogs, named(Grove_V1_LogsRequest()) { ($0.jobID, $0.follow) = (job(0), true) })
        let read = named(Grove_V1_ReadBlobRequest()) { ($0.sha256, $0.length) = (SHA256.hexDigest(of: content), 2) }
        seeds.call(client, Method.blobsRead, read)
        seeds.call(
            client, Method.blobsStat, named(Grove_V1_StatBlobRequest()) { ($0.sha256, $0.size) = (read.sha256, 3) })
        seeds.call(client, Method.artifactsList, named(Grove_V1_ListArtifactsRequest()) { $0.kind = .tree })
        seeds.call(
            client, Method.artifactsGet,
            named(Grove_V1_GetArtifactRequest()) { ($0.ref.name, $0.kind) = ("tree", .tree) })
        seeds.call(client, Method.workersList, Grove_V1_ListWorkersRequest())
        seeds.call(client, Method.queueGet, Grove_V1_GetQueueRequest())
        for gate in [Grove_V1_Gate.paused, .draining, .open] {
            seeds.call(
                client, Method.queueSet, named(Grove_V1_SetGateRequest()) { ($0.worker, $0.gate) = ("w1", gate) })
            seeds.call(client, Method.queueSet, named(Grove_V1_SetGateRequest()) { $0.gate = gate })
        }
        seeds.call(client, Method.healthCheck, Grove_V1_HealthCheckRequest())
        for _ in 0..<2 {
            seeds.call(client, Method.adminBackup, named(Grove_V1_BackupRequest()) { $0.path = "monday" })
        }
        seeds.send(client, WireMessage(.ping))
        seeds.credit(client, ofCall: 4)
        seeds.send(client, WireMessage(.cancel, callID: id(4)))
        return seeds.script
    }

    private static func submission(_ spec: Grove_V1_JobSpec) -> BrokerScript {
        var seeds = BrokerSeeds()
        seeds.put(client, content)
        seeds.submit(spec)
        seeds.take(worker)
        seeds.call(worker, Method.workHeartbeat, heartbeat(0))
        seeds.call(worker, Method.workComplete, success(0, .tree, "made"))
        return seeds.script
    }

    // MARK: Requests

    private static func named<Request>(_ request: Request, _ change: (inout Request) -> Void) -> Request {
        var request = request
        change(&request)
        return request
    }

    static func importing(_ name: String) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        (spec.importDataset.name, spec.importDataset.files, spec.importDataset.limit) = (
            name, [file(content, "a/b.png")], 9
        )
        return spec
    }

    private static func heartbeat(_ job: Int, _ number: UInt32 = 1) -> Grove_V1_HeartbeatRequest {
        var report = Grove_V1_AttemptReport()
        report.attempt = attempt(job, number)
        (report.progress.step, report.progress.totalSteps, report.progress.stage) = (3, 10, "split")
        (report.progress.epoch, report.progress.epochs, report.progress.secondsLeft) = (1, 2, 1.5)
        report.progress.metrics = ["loss": 0.5]
        (report.progress.lossCurve.firstStep, report.progress.lossCurve.lastStep) = (1, 3)
        report.progress.lossCurve.values = [3, 2, 1]
        return named(Grove_V1_HeartbeatRequest()) { $0.attempts = [report] }
    }

    private static func log(_ job: Int, _ lines: [String], _ number: UInt32 = 1) -> Grove_V1_LogRequest {
        named(Grove_V1_LogRequest()) { ($0.attempt, $0.lines) = (attempt(job, number), lines) }
    }

    private static func success(_ job: Int, _ kind: Grove_V1_ArtifactKind, _ name: String) -> Grove_V1_CompleteRequest {
        var complete = Grove_V1_CompleteRequest()
        complete.attempt = attempt(job)
        complete.success.results = [file(content, "out/1.png")]
        var artifact = Grove_V1_NewArtifact()
        (artifact.name, artifact.kind, artifact.blob, artifact.facts) = (
            name, kind, file(content, name), BrokerStage.facts
        )
        artifact.facts.metrics = ["nmi": 0.5]
        complete.success.artifacts = [artifact]
        return complete
    }
}
