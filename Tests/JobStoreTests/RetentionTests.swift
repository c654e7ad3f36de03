import JobStore
import Testing

@Suite struct RetentionTests {
    private let store: JobStore
    private let scratch: Scratch
    private let input = "11"
    private let result = "22"
    private let other = "33"

    init() throws {
        scratch = try Scratch()
        store = try JobStore(directory: scratch.path)
    }

    /// A job with an input that left a result, at the time 10.
    private func finishJob(_ id: String) throws {
        try store.batch { batch in
            for (index, sha256) in [input, result, other].enumerated() {
                try batch.insertBlob(sha256: sha256, size: Int64(index + 1), nowMS: 1)
            }
            try batch.submit(.sample(id), nowMS: 1)
            try batch.insertInputs([input], of: id)
        }
        let claim = try #require(try store.batch { try $0.claim(nowMS: 5) })
        let file = FileRecord(name: "result", sha256: result, size: 2)
        try store.batch { batch in
            _ = try batch.saveCheckpoint(claim.attempt, FileRecord(name: "c", sha256: result, size: 2))
            _ = try batch.finish(claim.attempt, .succeeded(results: [file]), nowMS: 10)
        }
    }

    /// Visits all jobs with files, one a step.
    private func visit(_ body: (StoreTransaction, JobRecord) throws -> Void) throws -> [String] {
        var visited: [JobRecord] = []
        while true {
            let step = try store.batch { batch in
                let jobs = try batch.jobsWithFiles(after: visited.last?.number ?? 0, limit: 1)
                for job in jobs { try body(batch, job) }
                return jobs
            }
            visited += step
            if step.isEmpty { return visited.map(\.id) }
        }
    }

    private func forgotten(createdBeforeMS: Int64 = 50) throws -> [String] {
        try store.batch { try $0.forgetBlobs(after: "", createdBeforeMS: createdBeforeMS, limit: 100).forgotten }
    }

    @Test func aJobSaysThatItsResultsWereRemoved() throws {
        try finishJob("a")
        try finishJob("b")
        let visited = try visit { batch, job in
            #expect(try batch.resultsRemoved(of: job) == nil)
            if job.id == "a" { try batch.removeResults(of: job, nowMS: 99) }
        }
        #expect(visited == ["a", "b"])
        try store.batch { batch in
            let (one, other) = (try #require(try batch.job("a")), try #require(try batch.job("b")))
            #expect(try batch.results(of: "a").isEmpty && batch.checkpoint(of: "a") == nil)
            #expect(try one.state == .succeeded && batch.resultsRemoved(of: one) == 99)
            #expect(try batch.results(of: "b").count == 1 && batch.resultsRemoved(of: other) == nil)
            // There is nothing left to be removed.
            try batch.removeResults(of: one, nowMS: 100)
            #expect(try batch.resultsRemoved(of: one) == 99)
        }
    }

    @Test func blobsGoWhenNothingNamesThem() throws {
        try finishJob("a")
        // Young ones may belong to a job that is still to be submitted.
        #expect(try forgotten(createdBeforeMS: 1).isEmpty)
        #expect(try forgotten() == [other])
        _ = try visit { try $0.releaseInputs(of: $1) }
        #expect(try forgotten() == [input])
        _ = try visit { try $0.removeResults(of: $1, nowMS: 99) }
        #expect(try forgotten() == [result])
        #expect(try store.batch { try $0.blobBytes() } == 0)
    }

    @Test func whatAWaitingJobNeedsStays() throws {
        try store.batch { batch in
            try batch.insertBlob(sha256: input, size: 1, nowMS: 1)
            try batch.submit(.sample("a"), nowMS: 1)
            try batch.insertInputs([input], of: "a")
        }
        #expect(try visit { _, _ in } == ["a"])
        #expect(try forgotten().isEmpty)
    }

    @Test func aBlobThatIsAskedForAgainIsYoungAgain() throws {
        try store.batch { batch in
            try batch.insertBlob(sha256: input, size: 1, nowMS: 1)
            try batch.insertBlob(sha256: input, size: 1, nowMS: 4_000_000)
        }
        #expect(try forgotten(createdBeforeMS: 3_000_000).isEmpty)
        #expect(try forgotten(createdBeforeMS: 5_000_000) == [input])
    }
}
