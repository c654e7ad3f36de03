import SwiftProtobuf
import Wire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Scripts of what clients and workers do: a whole job, and each method with its fields filled.
struct BrokerSeeds {
    private var steps: [BrokerScript.Step] = []
    private var calls: UInt8 = 0

    static let (client, worker, otherWorker): (UInt8, UInt8, UInt8) = (0, 1, 2)

    /// The id of a job in a script; the run puts the real one there, which has as many bytes.
    static func job(_ number: Int) -> String {
        let digits = String(number)
        return "@job" + String(repeating: "0", count: 10 - digits.count) + digits
    }

    var script: BrokerScript { BrokerScript(steps) }

    init() {
        send(Self.client, WireMessage(.hello, envelope: encode(Self.hello(.client, "a"))))
        for (peer, name) in [(Self.worker, "w1"), (Self.otherWorker, "w2")] {
            var hello = Self.hello(.worker, name)
            hello.worker.name = name
            hello.worker.incarnation = Data([peer])
            (hello.worker.interactiveSlots, hello.worker.trainingSlots, hello.worker.threads) = (2, 2, 4)
            hello.worker.processor = "a processor"
            send(peer, WireMessage(.hello, envelope: encode(hello)))
        }
    }

    static func hello(_ role: Grove_V1_Role, _ name: String) -> Grove_V1_Hello {
        var hello = Grove_V1_Hello()
        (hello.oldestVersion, hello.newestVersion, hello.role, hello.name) = (1, 1, role, name)
        hello.software = "grove-fuzz"
        return hello
    }

    mutating func send(_ peer: UInt8, _ message: WireMessage) {
        steps.append(.message(peer: peer, frames: message.frames, joins: false))
    }

    mutating func call(
        _ peer: UInt8, _ method: String, _ request: some Message, bulk: [UInt8] = [], timeoutMS: UInt64 = 0
    ) {
        var head = Grove_V1_RequestHead()
        (head.method, head.timeoutUs) = (method, timeoutMS * 1000)
        head.metadata = ["trace": "1"]
        calls += 1
        send(
            peer,
            WireMessage(.request, callID: Self.id(calls), envelope: encode(head), payload: encode(request), bulk: bulk))
    }

    mutating func credit(_ peer: UInt8, ofCall number: UInt8) {
        var credit = Grove_V1_Credit()
        credit.messages = 64
        send(peer, WireMessage(.credit, callID: Self.id(number), envelope: encode(credit)))
    }

    /// Calls of a script are numbered from 1.
    static func id(_ number: UInt8) -> CallID {
        CallID(bytes: [UInt8](repeating: number, count: CallID.byteCount)) ?? .none
    }

    mutating func pass(_ milliseconds: UInt32) {
        steps.append(.time(milliseconds: milliseconds, wallMilliseconds: Int64(milliseconds)))
    }

    mutating func restart() { steps.append(.restart) }

    // MARK: Pieces of requests

    static func file(_ bytes: [UInt8], _ name: String) -> Grove_V1_FileRef {
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = (name, SHA256.hexDigest(of: bytes), UInt64(bytes.count))
        file.mediaType = "image/png"
        return file
    }

    mutating func put(_ peer: UInt8, _ bytes: [UInt8]) {
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size) = (SHA256.hexDigest(of: bytes), UInt64(bytes.count))
        call(peer, Method.blobsPut, put, bulk: bytes)
    }

    mutating func take(_ peer: UInt8) {
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive, .training]
        take.loaded = [String(repeating: "a", count: 64)]
        call(peer, Method.workTake, take, timeoutMS: 20_000)
    }

    static func attempt(_ job: Int, _ number: UInt32 = 1) -> Grove_V1_AttemptId {
        var attempt = Grove_V1_AttemptId()
        (attempt.jobID, attempt.attempt) = (Self.job(job), number)
        return attempt
    }

    mutating func submit(_ spec: Grove_V1_JobSpec, after: [String] = [], key: String = "") {
        call(Self.client, Method.jobsSubmit, Self.request(spec, after: after, key: key))
    }

    static func request(_ spec: Grove_V1_JobSpec, after: [String] = [], key: String = "") -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        (request.spec, request.after, request.idempotencyKey, request.user, request.priority) = (
            spec, after, key, "u", 5
        )
        request.terms.retries = 2
        request.terms.maxRuntimeMs = 3_600_000
        request.terms.keepResultsMs = 86_400_000
        return request
    }
}
