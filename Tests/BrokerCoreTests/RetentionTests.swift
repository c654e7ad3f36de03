import Foundation
import JobStore
import Testing
import Wire

@testable import BrokerCore

@Suite struct RetentionTests {
    /// Lets time pass, and all steps of a round be done.
    private func sweep(_ bench: Bench, after time: Duration) throws {
        _ = try bench.pass(time)
        for _ in 0..<400 { _ = try bench.pass(.milliseconds(30)) }
    }

    private func file(_ bench: Bench, _ sha256: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(bench.directory)/blobs/\(sha256.prefix(2))/\(sha256.dropFirst(2))")
    }

    @Test func resultsAreRemovedWhenTheirTimeIsOver() throws {
        var settings = BrokerSettings()
        settings.resultsTimeToLive = .seconds(2 * 24 * 3600)
        let bench = try Bench(settings: settings)
        try bench.makeTree()
        let (client, worker) = (try bench.client(), try bench.worker())
        let id = try bench.submit(client, Bench.sample())
        let attempt = try #require(try bench.take(worker)).attempt
        let result = try bench.upload(worker, Array("pixels".utf8), name: "image.png")
        let _: Grove_V1_CompleteResponse = try bench.call(
            worker, Method.workComplete, Bench.completion(attempt) { $0.success.results = [result] })
        let orphan = try bench.upload(client, Array("nobody's".utf8))
        try sweep(bench, after: .seconds(25 * 3600))
        #expect(file(bench, result.sha256) && !file(bench, orphan.sha256))
        try sweep(bench, after: .seconds(48 * 3600))
        let again = try bench.client()
        #expect(!file(bench, result.sha256))
        let job = try bench.job(again, id)
        #expect(job.state == .succeeded && job.results.isEmpty)
        #expect(job.resultsUntilMs == 0 && job.resultsRemovedMs > job.finishedMs)
        // The tree that everybody samples from stays.
        #expect(try !bench.submit(again, Bench.sample()).isEmpty)
    }

    /// What a job says of its own results counts, not what the broker was told.
    @Test func aJobKeepsItsResultsAsItWasTold() throws {
        var settings = BrokerSettings()
        settings.resultsTimeToLive = .seconds(10 * 24 * 3600)
        let bench = try Bench(settings: settings)
        try bench.makeTree()
        let (client, worker) = (try bench.client(), try bench.worker())
        let day = UInt64(24 * 3600 * 1000)
        let jobs = try [nil, 3 * day, 0].map { keep in
            var terms = Grove_V1_Terms()
            if let keep { terms.keepResultsMs = keep }
            let id = try bench.submit(client, Bench.sample(), terms: terms)
            let attempt = try #require(try bench.take(worker)).attempt
            let result = try bench.upload(worker, Array("pixels of \(id)".utf8), name: "image.png")
            try bench.complete(worker, attempt) { $0.success.results = [result] }
            return (id: id, file: result.sha256)
        }
        let ends = try jobs.map { try bench.job(client, $0.id) }
        let finished = ends.map(\.finishedMs)
        #expect(
            ends.map(\.resultsUntilMs) == [finished[0] + 10 * Int64(day), finished[1] + 3 * Int64(day), 0])
        try sweep(bench, after: .seconds(4 * 24 * 3600))
        #expect(jobs.map { file(bench, $0.file) } == [true, false, true])
        try sweep(bench, after: .seconds(7 * 24 * 3600))
        #expect(jobs.map { file(bench, $0.file) } == [false, false, true])
        let again = try bench.client()
        #expect(try bench.job(again, jobs[2].id).results.count == 1)
        #expect(try bench.job(again, jobs[2].id).resultsRemovedMs == 0)
    }

    @Test func inputsBeyondTheQuotaAreRefused() throws {
        var settings = BrokerSettings()
        settings.quotaBytes = 10
        let bench = try Bench(settings: settings)
        let client = try bench.client()
        _ = try bench.upload(client, Array("123456".utf8))
        var put = Grove_V1_PutBlobRequest()
        let more = Array("abcdef".utf8)
        (put.sha256, put.size) = (SHA256.hexDigest(of: more), UInt64(more.count))
        #expect(try bench.refusal(client, Method.blobsPut, put, bulk: more).code == .resourceExhausted)
        // Results have no quota: their jobs were taken.
        #expect(try bench.upload(bench.worker(), more).size == 6)
    }

    @Test func aBackupIsMadeBetweenTurns() throws {
        let bench = try Bench()
        try bench.makeTree()
        let client = try bench.client()
        let id = try bench.submit(client, Bench.sample())
        var request = Grove_V1_BackupRequest()
        request.path = "monday"
        var response: Grove_V1_BackupResponse = try bench.call(client, Method.adminBackup, request)
        #expect(!response.done)
        for _ in 0..<100 where !response.done { response = try bench.call(client, Method.adminBackup, request) }
        #expect(response.done && response.files == response.totalFiles && response.files > 0)
        #expect(response.path == bench.directory + "/backups/monday")
        let copy = try JobStore(directory: response.path)
        #expect(try copy.batch { try $0.job(id) } != nil)
        // What is there already takes no backup.
        try FileManager.default.createDirectory(
            atPath: bench.directory + "/backups/tuesday", withIntermediateDirectories: true)
        request.path = "tuesday"
        let _: Grove_V1_BackupResponse = try bench.call(client, Method.adminBackup, request)
        #expect(try bench.refusal(client, Method.adminBackup, request).code == .failedPrecondition)
    }

    @Test func backupsStayInTheirFolder() throws {
        var settings = BrokerSettings()
        let folder = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)").path
        settings.backups = folder
        let bench = try Bench(settings: settings)
        let client = try bench.client()
        var request = Grove_V1_BackupRequest()
        let elsewhere = bench.directory + "/elsewhere"
        let names = [
            "", ".", "..", "../elsewhere", "a/b", "a/../../elsewhere", elsewhere, "/etc/grove", folder, folder + "/",
            folder + "/../elsewhere", folder + "x", "a\u{1b}[31m", "a\nb", String(repeating: "a", count: 300),
        ]
        for name in names {
            request.path = name
            #expect(try bench.refusal(client, Method.adminBackup, request).code == .invalidArgument, "\(name)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder) && !FileManager.default.fileExists(atPath: elsewhere))
        // A link is something that is there.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: elsewhere)
        request.path = "link"
        let _: Grove_V1_BackupResponse = try bench.call(client, Method.adminBackup, request)
        #expect(try bench.refusal(client, Method.adminBackup, request).code == .failedPrecondition)
        #expect(!FileManager.default.fileExists(atPath: elsewhere))
        // Its absolute path is a name too.
        request.path = folder + "/monday"
        var response = Grove_V1_BackupResponse()
        for _ in 0..<100 where !response.done { response = try bench.call(client, Method.adminBackup, request) }
        #expect(response.done && response.path == folder + "/monday")
        try FileManager.default.removeItem(atPath: folder)
    }
}
