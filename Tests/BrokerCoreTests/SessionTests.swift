import Foundation
import Testing
import Transport
import Wire

@testable import BrokerCore

/// HELLO, what comes without it, and what nobody should send.
@Suite struct SessionTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
    }

    private func error(in outgoing: [Outgoing]) throws -> RPCError {
        let message = try #require(outgoing.first?.message)
        try #require(message.type == .error && outgoing.count == 1)
        return try #require(RPCError(try decode(Grove_V1_Status.self, from: message.envelope, what: "status")))
    }

    @Test func welcomeTellsTheTerms() throws {
        var hello = Grove_V1_Hello()
        (hello.oldestVersion, hello.newestVersion, hello.role, hello.name) = (1, 3, .client, "test")
        let outgoing = try bench.send(WireMessage(.hello, envelope: encode(hello)), from: PeerID(1))
        let message = try #require(outgoing.first?.message)
        let welcome = try decode(Grove_V1_Welcome.self, from: message.envelope, what: "welcome")
        #expect(welcome.version == 1)
        #expect(welcome.limits == Limits.message)
        #expect(welcome.heartbeatIntervalMs == 5000 && welcome.heartbeatTimeoutMs == 15_000)
        #expect([UInt8](welcome.serverEpoch) == bench.settings.serverEpoch)
    }

    @Test func sayHelloFirst() throws {
        for message in [
            WireMessage(.ping), Bench.request(Method.healthCheck, Grove_V1_HealthCheckRequest()),
            WireMessage(.cancel, callID: .random()),
        ] {
            let error = try error(in: bench.send(message, from: PeerID(7)))
            #expect(error == RPCError(.unauthenticated, "say HELLO first"))
            _ = try bench.pass(.seconds(2))
        }
    }

    @Test func errorsAreRareForEachPeer() throws {
        #expect(try bench.send(WireMessage(.ping), from: PeerID(7)).count == 1)
        for _ in 0..<100 { #expect(try bench.send(WireMessage(.ping), from: PeerID(7)).isEmpty) }
        #expect(try bench.send(WireMessage(.ping), from: PeerID(8)).count == 1)
        _ = try bench.pass(.seconds(1))
        #expect(try bench.send(WireMessage(.ping), from: PeerID(7)).count == 1)
    }

    @Test func helloIsAnsweredWhateverWasSentBefore() throws {
        _ = try bench.send(WireMessage(.ping), from: PeerID(1))
        let peer = try bench.client(1)
        #expect(try bench.send(WireMessage(.ping), from: peer).map(\.message.type) == [.pong])
    }

    @Test func refusesOtherVersions() throws {
        var hello = Grove_V1_Hello()
        (hello.oldestVersion, hello.newestVersion, hello.role, hello.name) = (2, 3, .client, "test")
        let later = try error(in: bench.send(WireMessage(.hello, envelope: encode(hello)), from: PeerID(1)))
        #expect(later.code == .failedPrecondition)
        var frames = WireMessage(.hello).frames
        frames[0][3] = 2
        let framing = try error(in: bench.turn([.message(peer: PeerID(2), frames: frames)]))
        #expect(framing.code == .failedPrecondition)
    }

    @Test(
        arguments: [
            { $0.role = .unspecified }, { $0.name = "" }, { $0.name = String(repeating: "x", count: 201) },
            { $0.name = "a\u{1B}b" }, { $0.software = "\u{9B}2J" }, { $0.worker.processor = "\u{7}" },
            { $0.worker.incarnation = Data() }, { $0.worker.name = "" },
            { $0.worker.trainingSlots = 1000 },
        ] as [@Sendable (inout Grove_V1_Hello) -> Void])
    func refusesAHelloThatSaysTooLittle(_ change: @Sendable (inout Grove_V1_Hello) -> Void) throws {
        var hello = Bench.workerHello()
        change(&hello)
        let error = try error(in: bench.send(WireMessage(.hello, envelope: encode(hello)), from: PeerID(1)))
        #expect(error.code == .invalidArgument)
    }

    @Test func survivesWhatIsNoMessage() throws {
        let peer = try bench.client()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let frames = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                (0..<Int.random(in: 0...30, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
                }
            }
            _ = try bench.turn([.message(peer: peer, frames: frames), .oversized(peer: PeerID(9))])
        }
        // Right frames around wrong insides.
        for type in MessageType.allCases {
            let message = WireMessage(type, callID: .random(), envelope: [0xFF, 0xFF], payload: [0x0A, 0x80])
            _ = try bench.send(message, from: peer)
        }
        let health: Grove_V1_HealthCheckResponse = try bench.call(
            peer, Method.healthCheck, Grove_V1_HealthCheckRequest())
        #expect(health.serving)
    }

    @Test func badRequestsAreAnsweredAsCalls() throws {
        let peer = try bench.client()
        let unknown = try bench.refusal(peer, "grove.v1.Jobs/Teleport", Grove_V1_GetJobRequest())
        #expect(unknown.code == .unimplemented && unknown.message.contains("grove.v1.Jobs/Teleport"))
        var message = Bench.request(Method.jobsGet, Grove_V1_GetJobRequest())
        message.payload = [0x0A, 0xFF]
        let answer = try #require(try bench.send(message, from: peer).first)
        #expect(throws: RPCError.self) { try Bench.response(answer, as: Grove_V1_Job.self) }
        var head = Grove_V1_RequestHead()
        head.method = Method.healthCheck
        head.metadata = ["x": String(repeating: "y", count: Limits.metadataBytes)]
        message = WireMessage(.request, callID: .random(), envelope: encode(head))
        let large = try #require(try bench.send(message, from: peer).first)
        let error = #expect(throws: RPCError.self) { try Bench.response(large, as: Grove_V1_Job.self) }
        #expect(error?.message.contains("metadata") == true)
    }

    @Test func silenceEndsASession() throws {
        let peer = try bench.client()
        _ = try bench.pass(.seconds(29))
        #expect(try bench.send(WireMessage(.ping), from: peer).map(\.message.type) == [.pong])
        _ = try bench.pass(.seconds(30))
        #expect(try bench.send(WireMessage(.ping), from: peer).map(\.message.type) == [.error])
    }

    @Test func clientsDoNoWork() throws {
        let peer = try bench.client()
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        #expect(try bench.refusal(peer, Method.workTake, take).code == .permissionDenied)
        #expect(try bench.refusal(peer, Method.workHeartbeat, Grove_V1_HeartbeatRequest()).code == .permissionDenied)
    }

    @Test func workersAreListed() throws {
        let client = try bench.client()
        let worker = try bench.worker(name: "lab-7")
        var list: Grove_V1_ListWorkersResponse = try bench.call(
            client, Method.workersList, Grove_V1_ListWorkersRequest())
        #expect(list.workers.map(\.description_p.name) == ["lab-7"])
        #expect(list.workers.first?.connected == true)
        _ = try bench.turn([.gone(peer: worker)])
        list = try bench.call(client, Method.workersList, Grove_V1_ListWorkersRequest())
        #expect(list.workers.first?.connected == false)
        #expect(list.workers.first?.lastSeenMs == bench.now.wallMS)
    }
}
