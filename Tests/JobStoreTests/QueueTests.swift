import Testing

@testable import JobStore

/// The way of a job through its states, and the fence around attempts.
@Suite struct QueueTests {
    private let scratch: Scratch
    private let store: JobStore

    init() throws {
        scratch = try Scratch()
        store = try JobStore(directory: scratch.path)
    }

    @Test func priorityThenAge() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("old"), nowMS: 1)
            try batch.submit(.sample("young"), nowMS: 2)
            try batch.submit(.sample("urgent", priority: 9), nowMS: 3)
            try batch.submit(.sample("training", priority: 9, slot: 2), nowMS: 3)
            let young = try #require(try batch.job("young"))
            #expect(try batch.waiting(in: young.lane, before: young.number, limit: 9) == 1)
            #expect(try batch.claim()?.attempt.jobID == "urgent")
            #expect(try batch.claim()?.attempt.jobID == "old")
            #expect(try batch.waiting(in: young.lane, before: young.number, limit: 9) == 0)
            #expect(try batch.counts() == JobCounts(waiting: 2, running: 2))
            #expect(try batch.claim()?.attempt.jobID == "young")
            #expect(try batch.claim() == nil)
            #expect(try batch.claim(slot: 2)?.attempt.jobID == "training")
        }
    }

    @Test func aClaimSaysAll() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let claim = try #require(try batch.claim(nowMS: 7))
            #expect(claim.attempt == AttemptKey(jobID: "a", number: 1))
            #expect(claim.spec == Array("spec of a".utf8))
            #expect(claim.checkpoint == nil)
            let job = try #require(try batch.job("a"))
            #expect(job.state == .running)
            #expect(job.startedMS == 7)
            #expect(job.worker == "w1")
            #expect(job.attempts == 1)
        }
    }

    @Test func successIsFinal() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let claim = try #require(try batch.claim())
            let results = [
                FileRecord(name: "0.png", sha256: "aa", size: 1), FileRecord(name: "1.png", sha256: "bb", size: 2),
            ]
            #expect(try batch.finish(claim.attempt, .succeeded(results: results), nowMS: 9)?.state == .succeeded)
            #expect(try batch.results(of: "a") == results)
            #expect(try batch.job("a")?.finishedMS == 9)
            #expect(try batch.counts() == JobCounts(waiting: 0, running: 0))
            #expect(try batch.ending(of: claim.attempt, heldBy: [1, 2]) == "succeeded")
            // A second outcome, a cancel and a release come too late.
            #expect(try batch.finish(claim.attempt, .failed(cancelled), nowMS: 10) == nil)
            #expect(try batch.cancel("a", failure: cancelled, nowMS: 10)?.state == .succeeded)
            #expect(try batch.giveBack(claim.attempt, .lost) == nil)
        }
    }

    @Test func failureAndCancellationSayWhy() throws {
        try store.batch { (batch) throws in
            for (id, outcome) in [("a", Outcome.failed(cancelled)), ("b", .cancelled(cancelled))] {
                try batch.submit(.sample(id), nowMS: 1)
                let claim = try #require(try batch.claim())
                #expect(try batch.finish(claim.attempt, outcome, nowMS: 9)?.failure == cancelled)
            }
            #expect(try batch.job("a")?.state == .failed)
            #expect(try batch.job("b")?.state == .cancelled)
        }
    }

    @Test func anOldAttemptIsFencedOff() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let first = try #require(try batch.claim(worker: "slow"))
            #expect(try batch.giveBack(first.attempt, .lost)?.state == .waiting)
            // Between the two, and after the second began.
            #expect(try batch.finish(first.attempt, .succeeded(results: []), nowMS: 4) == nil)
            let second = try #require(try batch.claim(worker: "fast"))
            #expect(second.attempt.number == 2)
            #expect(try batch.finish(first.attempt, .succeeded(results: []), nowMS: 5) == nil)
            #expect(try !batch.saveCheckpoint(first.attempt, FileRecord(name: "c", sha256: "00", size: 1)))
            #expect(try batch.giveBack(first.attempt, .interrupted) == nil)
            #expect(try batch.job("a")?.state == .running)
            #expect(try batch.finish(second.attempt, .succeeded(results: []), nowMS: 6)?.state == .succeeded)
        }
    }

    @Test func anInterruptedJobKeepsItsPlaceAndItsCheckpoint() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("old"), nowMS: 1)
            try batch.submit(.sample("young"), nowMS: 2)
            let claim = try #require(try batch.claim())
            let file = FileRecord(name: "checkpoint", sha256: "cc", size: 5)
            #expect(try batch.saveCheckpoint(claim.attempt, FileRecord(name: "older", sha256: "00", size: 1)))
            #expect(try batch.saveCheckpoint(claim.attempt, file))
            let job = try #require(try batch.giveBack(claim.attempt, .interrupted))
            #expect(job.state == .waiting && job.interruptions == 1 && job.losses == 0)
            let again = try #require(try batch.claim(nowMS: 50))
            #expect(again.attempt == AttemptKey(jobID: "old", number: 2))
            #expect(again.checkpoint == file)
            let older = FileRecord(name: "older", sha256: "00", size: 1)
            #expect(try batch.checkpoints(of: "old") == CheckpointRecords(newest: file, previous: older, best: nil))
            #expect(try batch.job("old")?.startedMS == 2, "the first start counts")
        }
    }

    @Test func theNewestTwoCheckpointsAndTheBestAreKept() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let attempt = try #require(try batch.claim()).attempt
            let files = (0..<4).map { FileRecord(name: "checkpoint-\($0)", sha256: "0\($0)", size: 1) }
            for (index, file) in files.enumerated() {
                #expect(try batch.saveCheckpoint(attempt, file, isBest: index == 1))
            }
            // Said again by a worker that lost the answer.
            #expect(try batch.saveCheckpoint(attempt, files[3]))
            let kept = CheckpointRecords(newest: files[3], previous: files[2], best: files[1])
            #expect(try batch.checkpoints(of: "a") == kept)
            try batch.submit(.sample("b"), nowMS: 2)
            try batch.plantCheckpoint(files[1], in: "b")
            #expect(try batch.claim()?.checkpoint == files[1])
        }
    }

    @Test func whatComesWithCheckpointsIsReplacedByName() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let attempt = try #require(try batch.claim()).attempt
            func file(_ name: String, _ hash: String) -> FileRecord { FileRecord(name: name, sha256: hash, size: 1) }
            #expect(try batch.saveCheckpoint(attempt, nil, results: [file("curve", "01"), file("sheet", "02")]))
            #expect(try batch.checkpoint(of: "a") == nil)
            #expect(try batch.results(of: "a").map(\.sha256) == ["01", "02"])
            let results = [file("model", "03"), file("curve", "04")]
            #expect(try batch.finish(attempt, .succeeded(results: results), nowMS: 9)?.state == .succeeded)
            #expect(try batch.results(of: "a") == [file("curve", "04"), file("sheet", "02"), file("model", "03")])
        }
    }

    /// Whoever decides sees how many workers died; one that got further before it died starts the count anew.
    @Test func lossesAreCountedSinceTheLastCheckpoint() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            for (round, reason) in [ReleaseReason.lost, .stalled, .interrupted, .undelivered].enumerated() {
                let claim = try #require(try batch.claim())
                #expect(try batch.giveBack(claim.attempt, reason)?.losses == min(round + 1, 2))
            }
            let claim = try #require(try batch.claim())
            #expect(try batch.saveCheckpoint(claim.attempt, FileRecord(name: "c", sha256: "00", size: 1)))
            #expect(try batch.giveBack(claim.attempt, .lost)?.losses == 1)
        }
    }

    @Test func aFailedAttemptCanBeFollowedByAnother() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let claim = try #require(try batch.claim(nowMS: 10))
            let job = try #require(try batch.retry(claim.attempt, retryMS: 99, nowMS: 40))
            #expect(job.state == .waiting && job.failures == 1 && job.retryMS == 99 && job.ranMS == 30)
            #expect(try batch.ending(of: claim.attempt, heldBy: [1, 2]) == "failed")
            #expect(try batch.claim() == nil, "it is in no lane until its hour has come")
            #expect(try batch.retry(claim.attempt, retryMS: 99, nowMS: 40) == nil)
        }
    }

    /// The statements of every claim and every end find their rows by an index, however many jobs wait.
    @Test func nothingWalksTheQueue() throws {
        let statements = [
            "SELECT job, ready_ms FROM queue WHERE lane = 1 ORDER BY job LIMIT 1",
            "SELECT at_ms FROM timer ORDER BY at_ms LIMIT 1",
            """
            SELECT job.* FROM dependency CROSS JOIN job ON job.number = dependency.child
            WHERE dependency.parent = 1 AND job.state = 1 ORDER BY job.number
            """,
            "SELECT job.* FROM timer JOIN job ON job.number = timer.job WHERE at_ms <= 5 ORDER BY at_ms LIMIT 9",
            "SELECT state, count(*) AS n FROM job WHERE array = 7 AND array <> 0 GROUP BY state",
        ]
        try store.batch { (batch) throws in
            for sql in statements {
                let plan: [String] = try batch.rows("EXPLAIN QUERY PLAN " + sql).map { $0["detail"] }
                let walks = plan.filter { $0.hasPrefix("SCAN job") || $0.contains("job_state") }
                #expect(walks.isEmpty && !plan.isEmpty, "\(sql): \(plan)")
                #expect(!plan.contains { $0.hasPrefix("SCAN queue") }, "\(sql): \(plan)")
            }
        }
    }

    /// A new job is told without asking the database; a lane that was taken back is made anew.
    @Test func aNewJobIsWhatTheDatabaseSays() throws {
        struct Refused: Error {}
        try store.batch { (batch) throws in
            var new = NewJob.sample("a", priority: 7)
            (new.terms, new.arrayLimit, new.arrayPlace) = ([1, 2], 3, ArrayPlace(array: 9, index: 4))
            new.lane = LaneKey(slot: 1, priority: 7, user: "ann", kind: "sample", array: 9, arrayLimit: 3)
            let failing = new
            #expect(throws: Refused.self) {
                try batch.request {
                    try batch.insert(failing, nowMS: 1)
                    throw Refused()
                }
            }
            let job = try batch.insert(new, nowMS: 1)
            #expect(try batch.job("a") == job)
            #expect(try batch.laneKey(job.lane) == new.lane)
        }
    }

    @Test func timersComeInTheirOrder() throws {
        try store.batch { (batch) throws in
            let jobs = try ["a", "b", "c"].map { try batch.insert(.sample($0), nowMS: 1) }
            for (job, time) in zip(jobs, [30, 10, 20]) { try batch.setTimer(job, at: Int64(time)) }
            #expect(batch.takeQueueChanges() == QueueChanges(waiting: 3, timers: true))
            #expect(try batch.nextTimer() == 10)
            #expect(try batch.dueTimers(nowMS: 20, limit: 9).map(\.id) == ["b", "c"])
            try batch.setTimer(jobs[1], at: nil)
            #expect(try batch.nextTimer() == 20)
            _ = try batch.cancel("c", failure: cancelled, nowMS: 2)
            #expect(try batch.nextTimer() == 30)
        }
    }

    /// Who keeps the heads of the lanes in memory must not follow what was taken back.
    @Test func theJournalForgetsWhatWasTakenBack() throws {
        struct Refused: Error {}
        try store.batch { (batch) throws in
            try batch.request { try batch.submit(.sample("a"), nowMS: 1) }
            #expect(throws: Refused.self) {
                try batch.request {
                    try batch.submit(.sample("b"), nowMS: 1)
                    throw Refused()
                }
            }
            let changes = batch.takeQueueChanges()
            #expect(changes.waiting == 1 && Array(changes.lanes.values) == [1])
            _ = try #require(try batch.claim())
            #expect(Array(batch.takeQueueChanges().lanes.values) == [-1])
        }
    }

    @Test func jobsThatComeAfterOthers() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("done"), nowMS: 1)
            let claim = try #require(try batch.claim())
            _ = try batch.finish(claim.attempt, .succeeded(results: []), nowMS: 2)
            let tree = try batch.insert(.sample("tree"), nowMS: 1)
            var new = NewJob.sample("sharp")
            new.parents = ["tree", "done", "tree"]
            let sharp = try batch.insert(new, nowMS: 1)
            #expect(sharp.parentsLeft == 1, "what has succeeded holds up nothing")
            new = .sample("drawn")
            new.parents = ["sharp"]
            try batch.insert(new, nowMS: 1)
            #expect(try batch.parents(of: sharp).map(\.id) == ["done", "tree"])
            #expect(try batch.waitingChildren(of: tree).map(\.id) == ["sharp"])
            #expect(try batch.ancestors(of: ["drawn"], limit: 100).map(\.id) == ["done", "tree", "sharp", "drawn"])
            #expect(try batch.parentSucceeded(of: sharp)?.parentsLeft == 0)
        }
    }

    @Test func interruptionsAreFree() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            for _ in 1...20 {
                let claim = try #require(try batch.claim())
                #expect(try batch.giveBack(claim.attempt, .interrupted)?.state == .waiting)
            }
            let claim = try #require(try batch.claim())
            #expect(try batch.giveBack(claim.attempt, .undelivered)?.interruptions == 20)
        }
    }

    @Test func cancelling() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("waiting"), nowMS: 1)
            #expect(try batch.cancel("waiting", failure: cancelled, nowMS: 2)?.state == .cancelled)
            #expect(try batch.claim() == nil)
            try batch.submit(.sample("running"), nowMS: 1)
            let claim = try #require(try batch.claim())
            let job = try #require(try batch.cancel("running", failure: cancelled, nowMS: 2))
            #expect(job.state == .running && job.isCancelRequested)
            #expect(try batch.lease(of: "running")?.isCancelRequested == true)
            // Its worker never answers: the job is not begun again.
            #expect(try batch.giveBack(claim.attempt, .lost)?.isCancelRequested == true)
            #expect(try batch.cancel("unknown", failure: cancelled, nowMS: 2) == nil)
        }
    }

    @Test func listsInPages() throws {
        try store.batch { (batch) throws in
            for index in 0..<10 { try batch.submit(.sample("job\(index)"), nowMS: Int64(index)) }
            _ = try batch.claim()
            #expect(try batch.jobs(limit: 3).map(\.id) == ["job9", "job8", "job7"])
            #expect(try batch.jobs(before: "job7", limit: 2).map(\.id) == ["job6", "job5"])
            #expect(try batch.jobs(states: [.running], limit: 10).map(\.id) == ["job0"])
            #expect(try batch.jobs(states: [.running, .waiting], limit: 100).count == 10)
            #expect(try batch.jobs(before: "unknown", limit: 10).isEmpty)
        }
    }

    @Test func logsAreNumberedAndBounded() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            try batch.appendLog("a", (0..<8).map { "line \($0)" }, keeping: 10, nowMS: 5)
            #expect(try batch.log("a", from: 6, limit: 10).map(\.number) == [6, 7])
            try batch.appendLog("a", (8..<15).map { "line \($0)" }, keeping: 10, nowMS: 6)
            let lines = try batch.log("a", from: 0, limit: 100)
            #expect(lines.first?.number == 4)
            #expect(lines.first?.text.contains("5 earlier lines were dropped") == true)
            #expect(lines.dropFirst().map(\.text) == (5..<15).map { "line \($0)" })
            #expect(try batch.log("a", from: 0, limit: 3).map(\.number) == [4, 5, 6])
            #expect(try batch.log("a", from: 14, limit: 3).map(\.timeMS) == [6])
            #expect(try batch.log("a", from: 15, limit: 3).isEmpty)
        }
    }

    @Test func artifactsCountTheirVersions() throws {
        try store.batch { (batch) throws in
            try batch.submit(.sample("a"), nowMS: 1)
            let sha = String(repeating: "a", count: 64)
            let artifact = NewArtifact(kind: 2, name: "mnist", sha256: sha, size: 7, facts: [1, 2])
            #expect(throws: StoreError.self, "a row before its blob") {
                try batch.request { try batch.insert(artifact, jobID: "a", nowMS: 5) }
            }
            try batch.insertBlob(sha256: sha, size: 7, nowMS: 4)
            try batch.insertBlob(sha256: sha, size: 7, nowMS: 5)
            #expect(try batch.blobSize(sha) == 7)
            #expect(try batch.insert(artifact, jobID: "a", nowMS: 5).version == 1)
            #expect(try batch.insert(artifact, jobID: nil, nowMS: 6).version == 2)
            var dataset = artifact
            dataset.kind = 1
            #expect(try batch.insert(dataset, jobID: nil, nowMS: 7).version == 1)
            #expect(try batch.artifact(kind: 2, name: "mnist")?.version == 2)
            #expect(try batch.artifact(kind: 2, name: "mnist", version: 1)?.jobID == "a")
            #expect(try batch.artifact(kind: 2, name: "mnist", version: 1)?.facts == [1, 2])
            #expect(try batch.artifact(kind: 2, name: "mnist", version: 3) == nil)
            #expect(try batch.artifacts().count == 3)
            #expect(try batch.artifacts(kind: 1).map(\.name) == ["mnist"])
            #expect(try batch.artifacts(of: "a").map(\.version) == [1])
            #expect(try batch.artifactNames(kind: 2, limit: 5).map(\.version) == [2])
        }
    }
}
