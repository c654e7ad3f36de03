import Foundation
import JobStore
import SwiftProtobuf
import Testing
import Transport
import Wire

@testable import BrokerCore

/// A broker without sockets and clock: time is set by hand, peers are numbers, and every turn is one call.
final class Bench {
    let directory: String
    private var store: JobStore
    private(set) var broker: Broker
    var now = Now(monotonic: .seconds(1000), wallMS: 1_764_000_000_000)
    var settings: BrokerSettings
    /// What the broker has written into its own log.
    private(set) var notes: [String] = []

    init(
        on directory: String = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)")
            .path,
        settings: BrokerSettings = BrokerSettings(), maximumPages: Int? = nil
    ) throws {
        self.settings = settings
        self.directory = directory
        store = try JobStore(directory: directory, maximumPages: maximumPages)
        broker = try Broker(store: store, settings: settings, now: now)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            print("left behind: \(directory) (\(error))")
        }
    }

    /// Ends the broker and starts another one on the same directory.
    func restart() throws {
        try store.close()
        store = try Self.opened(directory, after: store)
        settings.serverEpoch = [9]
        broker = try Broker(store: store, settings: settings, now: now)
    }

    /// The lock is let go of with the old store's last reference, so a copy of the files stands in for it.
    private static func opened(_ directory: String, after old: JobStore) throws -> JobStore {
        let copy = directory + "/restarted-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["jobs.sqlite", "blobs", "uploads"] {
            try FileManager.default.copyItem(atPath: old.directory + "/" + name, toPath: copy + "/" + name)
        }
        return try JobStore(directory: copy)
    }

    /// Lets one statement of the store fail, after `count` others.
    func failStatement(after count: Int) throws { try store.failStatement(after: count) }

    /// - Returns: whether the fault had not struck.
    func withdrawFault() throws -> Bool { try store.withdrawFault() }

    /// What the store says of the queue, beside what the broker has in memory.
    func stored<T>(_ body: (StoreTransaction) throws -> T) throws -> T { try store.batch(body) }

    /// What a turn sends in which `body` stands for its messages.
    func inTurn(_ body: (inout Turn) throws -> Void) throws -> [Outgoing] {
        try store.batch { batch in
            var turn = Turn(state: broker.state, context: broker.context(batch, now))
            try body(&turn)
            return turn.outgoing
        }
    }

    /// Lets the database grow, as a reserve that is given up does.
    func giveRoom(pages: Int) throws {
        _ = try store.pragma("max_page_count = \(pages)")
    }

    func pass(_ time: Duration) throws -> [Outgoing] {
        now.monotonic += time
        now.wallMS += time.milliseconds
        return try turn([])
    }

    func turn(_ events: [BrokerEvent]) throws -> [Outgoing] {
        let result = try broker.turn(events, now: now)
        notes += result.notes
        return result.outgoing
    }

    func send(_ message: WireMessage, from peer: PeerID) throws -> [Outgoing] {
        try turn([.message(peer: peer, frames: message.frames)])
    }

    /// Turns until nothing more comes by itself.
    func settle() throws -> [Outgoing] {
        var outgoing: [Outgoing] = []
        while broker.nextDeadline == .zero { outgoing += try turn([]) }
        return outgoing
    }
}

extension PeerID {
    init(_ number: UInt8) { self.init(bytes: [0, number]) }
}

// MARK: Peers

extension Bench {
    @discardableResult
    func client(_ number: UInt8 = 1) throws -> PeerID {
        var hello = Grove_V1_Hello()
        (hello.oldestVersion, hello.newestVersion, hello.role, hello.name) = (1, 1, .client, "test")
        return try greet(hello, number)
    }

    func worker(_ number: UInt8 = 101, name: String = "w1", incarnation: [UInt8] = [1]) throws -> PeerID {
        try greet(Self.workerHello(name: name, incarnation: incarnation), number)
    }

    static func workerHello(name: String = "w1", incarnation: [UInt8] = [1]) -> Grove_V1_Hello {
        var hello = Grove_V1_Hello()
        (hello.oldestVersion, hello.newestVersion, hello.role, hello.name) = (1, 1, .worker, "test-worker")
        hello.worker.name = name
        hello.worker.incarnation = Data(incarnation)
        (hello.worker.interactiveSlots, hello.worker.trainingSlots) = (1, 1)
        return hello
    }

    private func greet(_ hello: Grove_V1_Hello, _ number: UInt8) throws -> PeerID {
        let peer = PeerID(number)
        let answer = try #require(try send(WireMessage(.hello, envelope: encode(hello)), from: peer).first)
        try #require(answer.message.type == .welcome)
        return peer
    }
}

// MARK: Calls

extension Bench {
    static func request(
        _ method: String, _ payload: some Message, id: CallID = .random(), bulk: [UInt8] = [], timeout: Duration = .zero
    ) -> WireMessage {
        var head = Grove_V1_RequestHead()
        head.method = method
        head.timeoutUs = UInt64(timeout.milliseconds) * 1000
        return WireMessage(.request, callID: id, envelope: encode(head), payload: encode(payload), bulk: bulk)
    }

    /// A unary call.
    /// - Throws: the `RPCError` that it ended with.
    @discardableResult
    func call<Response: Message>(
        _ peer: PeerID, _ method: String, _ payload: some Message, bulk: [UInt8] = [],
        as type: Response.Type = Response.self
    ) throws -> Response {
        let message = Self.request(method, payload, bulk: bulk)
        let answers = try send(message, from: peer).filter { $0.peer == peer && $0.message.callID == message.callID }
        try #require(answers.count == 1, "a unary call has one answer")
        return try Self.response(answers[0], as: type)
    }

    static func response<Response: Message>(_ outgoing: Outgoing, as type: Response.Type) throws -> Response {
        try #require(outgoing.message.type == .end)
        let status = try decode(Grove_V1_Status.self, from: outgoing.message.envelope, what: "status")
        if let error = RPCError(status) { throw error }
        return try decode(type, from: outgoing.message.payload, what: "response")
    }

    /// Why a call failed.
    func refusal(_ peer: PeerID, _ method: String, _ payload: some Message, bulk: [UInt8] = []) throws -> RPCError {
        do {
            _ = try call(peer, method, payload, bulk: bulk, as: Grove_V1_DataHead.self)
        } catch let error as RPCError {
            return error
        }
        throw Unexpected(what: "\(method) succeeded")
    }

    struct Unexpected: Error {
        let what: String
    }
}

// MARK: What tests do again and again

extension Bench {
    /// Puts bytes and names them.
    func upload(_ peer: PeerID, _ bytes: [UInt8], name: String = "file") throws -> Grove_V1_FileRef {
        var put = Grove_V1_PutBlobRequest()
        put.sha256 = SHA256.hexDigest(of: bytes)
        put.size = UInt64(bytes.count)
        let status: Grove_V1_BlobStatus = try call(peer, Method.blobsPut, put, bulk: bytes)
        try #require(status.complete)
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = (name, put.sha256, put.size)
        return file
    }

    /// Runs an import job to its end, so that there is an artifact.
    func makeArtifact(
        _ kind: Grove_V1_ArtifactKind, _ name: String, content: String, facts: Grove_V1_ArtifactFacts = .init()
    ) throws -> Grove_V1_ArtifactRef {
        let (client, worker) = (try self.client(201), try self.worker(202, name: "maker", incarnation: [77]))
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "import"
        spec.importDataset.files = [try upload(client, Array("raw \(content)".utf8))]
        let id = try submit(client, spec, priority: 9)
        let assignment = try #require(try take(worker, [.interactive]))
        try #require(assignment.attempt.jobID == id)
        var complete = Grove_V1_CompleteRequest()
        complete.attempt = assignment.attempt
        var artifact = Grove_V1_NewArtifact()
        (artifact.name, artifact.kind, artifact.facts) = (name, kind, facts)
        artifact.blob = try upload(worker, Array(content.utf8))
        complete.success.artifacts = [artifact]
        let response: Grove_V1_CompleteResponse = try call(worker, Method.workComplete, complete)
        _ = try turn([.gone(peer: client), .gone(peer: worker)])
        return try #require(response.artifacts.first)
    }

    /// A tree with ten leaves called "mnist".
    @discardableResult
    func makeTree(_ name: String = "mnist") throws -> Grove_V1_ArtifactRef {
        var facts = Grove_V1_ArtifactFacts()
        (facts.height, facts.width, facts.channels, facts.leaves) = (28, 28, 1, 10)
        return try makeArtifact(.tree, name, content: "tree \(name)", facts: facts)
    }

    static func sample(_ tree: String = "mnist", count: UInt32 = 4, seed: UInt64 = 0) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.sample.tree.name = tree
        spec.sample.count = count
        spec.sample.seed = seed
        return spec
    }

    @discardableResult
    func submit(
        _ peer: PeerID, _ spec: Grove_V1_JobSpec, key: String = "", priority: UInt32? = nil, user: String = "",
        after: [String] = [], terms: Grove_V1_Terms? = nil
    ) throws -> String {
        var request = Grove_V1_SubmitRequest()
        (request.user, request.after) = (user, after)
        if let terms { request.terms = terms }
        request.spec = spec
        request.idempotencyKey = key
        if let priority { request.priority = priority }
        let response: Grove_V1_SubmitResponse = try call(peer, Method.jobsSubmit, request)
        return response.jobID
    }

    func job(_ peer: PeerID, _ id: String) throws -> Grove_V1_Job {
        var request = Grove_V1_GetJobRequest()
        request.jobID = id
        return try call(peer, Method.jobsGet, request)
    }

    /// Takes a job that waits already; `nil` when none does.
    func take(
        _ peer: PeerID, _ free: [Grove_V1_SlotKind] = [.interactive], loaded: [String] = []
    ) throws -> Grove_V1_Assignment? {
        var request = Grove_V1_TakeRequest()
        (request.free, request.loaded) = (free, loaded)
        let message = Self.request(Method.workTake, request)
        let answers = try send(message, from: peer).filter { $0.message.callID == message.callID }
        guard let answer = answers.first else {
            _ = try send(WireMessage(.cancel, callID: message.callID), from: peer)
            return nil
        }
        return try Self.response(answer, as: Grove_V1_TakeResponse.self).assignment
    }

    func heartbeat(
        _ peer: PeerID, _ attempts: [Grove_V1_AttemptId], step: UInt64? = nil
    ) throws -> [Grove_V1_AttemptId] {
        try beat(peer, attempts, step: step).stop
    }

    func beat(
        _ peer: PeerID, _ attempts: [Grove_V1_AttemptId], step: UInt64? = nil
    ) throws -> Grove_V1_HeartbeatResponse {
        var request = Grove_V1_HeartbeatRequest()
        request.attempts = attempts.map { attempt in
            var report = Grove_V1_AttemptReport()
            report.attempt = attempt
            if let step { report.progress.step = step }
            return report
        }
        return try call(peer, Method.workHeartbeat, request)
    }

    @discardableResult
    func complete(
        _ peer: PeerID, _ attempt: Grove_V1_AttemptId, _ change: (inout Grove_V1_CompleteRequest) -> Void
    ) throws -> Grove_V1_CompleteResponse {
        try call(peer, Method.workComplete, Self.completion(attempt, change))
    }

    func fail(_ peer: PeerID, _ attempt: Grove_V1_AttemptId, _ code: StatusCode) throws {
        try complete(peer, attempt) { $0.failure = RPCError(code, "it went wrong").status }
    }

    static func completion(
        _ attempt: Grove_V1_AttemptId, _ change: (inout Grove_V1_CompleteRequest) -> Void
    ) -> Grove_V1_CompleteRequest {
        var request = Grove_V1_CompleteRequest()
        request.attempt = attempt
        change(&request)
        return request
    }
}
