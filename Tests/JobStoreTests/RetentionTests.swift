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
    private func finishJob(_ id: String, keeping: Bool = false) throws {
        try store.batch { batch in
            for (index, sha256) in [input, result, other].enumerated() {
                try batch.insertBlob(sha256: sha256, size: Int64(index + 1), nowMS: 1)
            }
            try batch.submit(.sample(id), nowMS: 1)
            try batch.insertInputs([input], of: id)
            if keeping { try batch.keepResults(of: id) }
        }
        let claim = try #require(try store.batch { try $0.claim(nowMS: 5) })
        let file = FileRecord(name: "result", sha256: result, size: 2)
        try store.batch { batch in
            _ = try batch.saveCheckpoint(claim.attempt, FileRecord(name: "c", sha256: result, size: 2))
            _ = try batch.finish(claim.attempt, .succeeded(results: [file]), nowMS: 10)
        }
    }

    private func expire(resultsBeforeMS: Int64) throws {
        var next: Int64? = 0
        while let after = next {
            next = try store.batch {
                try $0.expire(after: after, resultsBeforeMS: resultsBeforeMS, limit: 1, nowMS: 99)
            }
        }
    }

    private func forgotten(createdBeforeMS: Int64 = 50) throws -> [String] {
        try store.batch { try $0.forgetBlobs(after: "", createdBeforeMS: createdBeforeMS, limit: 100).forgotten }
    }

    @Test func resultsExpireAndTheJobSaysSo() throws {
        try finishJob("a")
        try expire(resultsBeforeMS: 10)
        #expect(try store.batch { try $0.results(of: "a").count } == 1)
        try expire(resultsBeforeMS: 11)
        #expect(try store.batch { try $0.results(of: "a").isEmpty && $0.job("a")?.state == .succeeded })
        #expect(try store.batch { try $0.resultsExpired(of: "a") } == 99)
    }

    @Test func resultsThatAreKeptStay() throws {
        try finishJob("a", keeping: true)
        try expire(resultsBeforeMS: .max)
        #expect(try store.batch { try $0.results(of: "a").count == 1 && $0.resultsExpired(of: "a") == nil })
    }

    @Test func blobsGoWhenNothingNamesThem() throws {
        try finishJob("a")
        // Young ones may belong to a job that is still to be submitted.
        #expect(try forgotten(createdBeforeMS: 1).isEmpty)
        #expect(try forgotten() == [other])
        try expire(resultsBeforeMS: 0)
        #expect(try forgotten() == [input])
        try expire(resultsBeforeMS: .max)
        #expect(try forgotten() == [result])
        #expect(try store.batch { try $0.blobBytes() } == 0)
    }

    @Test func whatAWaitingJobNeedsStays() throws {
        try store.batch { batch in
            try batch.insertBlob(sha256: input, size: 1, nowMS: 1)
            try batch.submit(.sample("a"), nowMS: 1)
            try batch.insertInputs([input], of: "a")
        }
        try expire(resultsBeforeMS: .max)
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
