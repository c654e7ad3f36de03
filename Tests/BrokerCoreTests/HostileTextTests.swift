import Foundation
import JobStore
import Testing
import Transport
import Wire

@testable import BrokerCore

/// Texts and sizes that peers choose, where the broker shortens, keeps or sends them.
@Suite struct HostileTextTests {
    private let bench: Bench
    private let client: PeerID
    private let worker: PeerID

    init() throws {
        bench = try Bench()
        try bench.makeTree()
        client = try bench.client()
        worker = try bench.worker()
    }

    /// Few Characters, and many bytes.
    static let texts = [
        "e" + String(repeating: "\u{301}", count: 300), String(repeating: "e\u{301}\u{302}\u{303}", count: 600),
        "e" + String(repeating: "\u{301}", count: 20_000), String(repeating: "👩🏽‍👩🏽‍👧🏽‍👦🏽", count: 200),
        String(repeating: "\u{9B}31m\u{202E}", count: 500),
    ]

    private func run(_ spec: Grove_V1_JobSpec = Bench.sample()) throws -> Grove_V1_AttemptId {
        try bench.submit(client, spec)
        return try #require(try bench.take(worker)).attempt
    }

    @Test(arguments: texts)
    func aStageIsCut(_ text: String) throws {
        let attempt = try run()
        var report = Grove_V1_AttemptReport()
        (report.attempt, report.progress.stage) = (attempt, text)
        var request = Grove_V1_HeartbeatRequest()
        request.attempts = [report]
        let _: Grove_V1_HeartbeatResponse = try bench.call(worker, Method.workHeartbeat, request)
        let stage = try bench.job(client, attempt.jobID).progress.stage
        #expect(stage.isSafe && (1...Limits.nameBytes).contains(stage.utf8.count))
    }

    @Test(arguments: texts)
    func aFailureIsCut(_ text: String) throws {
        let attempt = try run()
        try bench.complete(worker, attempt) { $0.failure = RPCError(.invalidArgument, text).status }
        let failure = try bench.job(client, attempt.jobID).failure.message
        #expect(failure.isSafe && failure.utf8.count <= Limits.statusMessageBytes)
    }

    @Test(arguments: texts)
    func aQuarantineCutsTheLogThatItQuotes(_ text: String) throws {
        let attempt = try run()
        var request = Grove_V1_LogRequest()
        request.attempt = attempt
        request.lines = Array(repeating: text.cut(toBytes: Limits.logLineBytes), count: 30)
        let _: Grove_V1_LogResponse = try bench.call(worker, Method.workLog, request)
        for round in 1...3 {
            _ = try bench.pass(bench.settings.lease + .seconds(1))
            if round < 3 {
                _ = try #require(try bench.take(try bench.worker(UInt8(110 + round), incarnation: [UInt8(round)])))
            }
        }
        let job = try bench.job(try bench.client(9), attempt.jobID)
        #expect(job.state == .failed && job.failure.message.utf8.count <= Limits.statusMessageBytes)
    }

    @Test(arguments: texts)
    func aRefusalQuotesLittle(_ text: String) throws {
        var spec = Bench.sample()
        spec.sample.tree.name = text
        var request = Grove_V1_SubmitRequest()
        request.spec = spec
        let error = try bench.refusal(client, Method.jobsSubmit, request)
        #expect(error.code == .invalidArgument && error.message.utf8.count < 300 && error.message.isSafe)
    }

    @Test(arguments: [
        "a\u{9B}31m", "a\u{9D}0;title\u{9C}", "a\u{202E}b", "a\u{2028}b", "a\u{2066}b", "a\tb", "a\u{85}b",
    ])
    func namesThatActOnATerminalAreRefused(_ name: String) throws {
        var request = Grove_V1_SubmitRequest()
        (request.spec, request.user) = (Bench.sample(), name)
        #expect(try bench.refusal(client, Method.jobsSubmit, request).code == .invalidArgument)
        let attempt = try run()
        let file = try bench.upload(worker, [1], name: name)
        let completion = Bench.completion(attempt) { $0.success.results = [file] }
        #expect(try bench.refusal(worker, Method.workComplete, completion).code == .invalidArgument)
    }

    @Test(arguments: [["a", "a"], ["a", "a/b"], ["x/y", "x/y/z"]])
    func resultsThatCannotLieBesideEachOtherAreRefused(_ names: [String]) throws {
        let attempt = try run()
        let files = try names.enumerated().map { try bench.upload(worker, [UInt8($0.offset)], name: $0.element) }
        let completion = Bench.completion(attempt) { $0.success.results = files }
        #expect(try bench.refusal(worker, Method.workComplete, completion).code == .invalidArgument)
        #expect(try bench.job(client, attempt.jobID).state == .running)
    }

    @Test func aResultCannotTakeTheFolderOfAnEarlierOne() throws {
        try bench.submit(client, Bench.sample())
        let attempt = try #require(try bench.take(worker)).attempt
        var request = Grove_V1_CheckpointRequest()
        (request.attempt, request.files) = (attempt, [try bench.upload(worker, [1], name: "sheets/1.png")])
        let _: Grove_V1_CheckpointResponse = try bench.call(worker, Method.workCheckpoint, request)
        request.files = [try bench.upload(worker, [2], name: "sheets")]
        #expect(try bench.refusal(worker, Method.workCheckpoint, request).code == .invalidArgument)
    }

    /// Progress is kept in memory and in every answer about the job.
    @Test func aProgressReportIsBounded() throws {
        let attempt = try run()
        var report = Grove_V1_AttemptReport()
        report.attempt = attempt
        report.progress.step = 7
        report.progress.lossCurve.values = Array(repeating: 1, count: 200_000)
        for index in 0..<1000 { report.progress.metrics["metric \(index)"] = 1 }
        var request = Grove_V1_HeartbeatRequest()
        request.attempts = [report]
        let _: Grove_V1_HeartbeatResponse = try bench.call(worker, Method.workHeartbeat, request)
        let progress = try bench.job(client, attempt.jobID).progress
        #expect(progress.step == 7 && encode(progress).count <= Limits.progressBytes)
    }

    /// What this release does not know has no bounds.
    @Test func unknownFieldsAreNotKept() throws {
        var hello = encode(Bench.workerHello(name: "stuffed", incarnation: [5]))
        // Field 6 is the description; a second occurrence is merged, here with field 99 of half a megabyte.
        let stuffing = [0x9A, 0x06] + Self.varint(1 << 19) + [UInt8](repeating: 0x41, count: 1 << 19)
        hello += [0x32] + Self.varint(stuffing.count) + stuffing
        _ = try bench.send(WireMessage(.hello, envelope: hello), from: PeerID(77))
        let list: Grove_V1_ListWorkersResponse = try bench.call(
            client, Method.workersList, Grove_V1_ListWorkersRequest())
        let stuffed = try #require(list.workers.first { $0.description_p.name == "stuffed" })
        #expect(encode(stuffed).count < 200)
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var (bytes, rest): ([UInt8], Int) = ([], value)
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    @Test func anAnswerThatIsTooLargeEndsItsCallAlone() throws {
        // Only a defect of the broker makes one, so it is made by hand.
        let (large, small) = (CallKey(peer: client, callID: .random()), CallKey(peer: client, callID: .random()))
        let outgoing = try bench.inTurn { turn in
            turn.end(large, nil, payload: [UInt8](repeating: 0, count: Limits.frameBytes + 1))
            turn.end(small, nil, payload: [1])
        }
        #expect(outgoing.count == 2 && outgoing[1].message.payload == [1])
        let status = try decode(Grove_V1_Status.self, from: outgoing[0].message.envelope, what: "status")
        #expect(outgoing[0].message.callID == large.callID && RPCError(status)?.code == .internal)
    }

    @Test func aTurnAnswersSoMuchAndTheRestInTheNext() throws {
        let bytes = [UInt8](repeating: 7, count: Limits.chunkBytes)
        let file = try bench.upload(client, bytes)
        var request = Grove_V1_ReadBlobRequest()
        request.sha256 = file.sha256
        let events = (0..<100).map { _ in
            BrokerEvent.message(peer: client, frames: Bench.request(Method.blobsRead, request).frames)
        }
        var (waiting, answers, turns) = (events, 0, 0)
        while !waiting.isEmpty {
            let result = try bench.broker.turn(waiting, now: bench.now)
            #expect(result.outgoing.reduce(0) { $0 + $1.message.bytes } < 9 << 20)
            (waiting, answers, turns) = (result.postponed, answers + result.outgoing.count, turns + 1)
        }
        #expect(answers == 100 && turns > 2)
    }

    @Test func helloIsRareInTheLog() throws {
        var notes = 0
        for _ in 0..<1000 {
            let hello = WireMessage(.hello, envelope: encode(Bench.workerHello()))
            notes += try bench.broker.turn([.message(peer: PeerID(50), frames: hello.frames)], now: bench.now).notes
                .count
        }
        #expect(notes == 1)
        var limit = NoteLimit()
        let written = (0..<10).flatMap { _ in limit.limited(Array(repeating: "note", count: 100), now: .seconds(5)) }
        #expect(written.count == NoteLimit.linesPerSecond)
        #expect(limit.limited(["later"], now: .seconds(6)).count == 2, "how many were left out, and the new one")
    }
}
