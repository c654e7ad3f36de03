import Wire

@testable import Calls

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An engine with a clock that the test moves, and words for what the broker does.
struct Machine {
    var engine: CallEngine
    var now = Duration.seconds(1000)
    private var nextID: UInt8 = 1

    init(attempts: Int = 5) {
        var hello = Grove_V1_Hello()
        hello.name = "test"
        engine = CallEngine(
            CallEngine.Settings(endpoint: "tcp://127.0.0.1:7741", hello: hello, attempts: attempts, seed: 1),
            now: now)
    }

    /// A machine with a session.
    static func connected(
        interval: UInt32 = 1000, timeout: UInt32 = 3000, credit: UInt32 = 4, attempts: Int = 5
    ) -> Machine {
        var machine = Machine(attempts: attempts)
        _ = machine.pass(.zero)
        _ = machine.receive(.welcome(interval: interval, timeout: timeout, credit: credit))
        return machine
    }

    /// Lets time pass and the engine notice.
    mutating func pass(_ time: Duration) -> [EngineAction] {
        now += time
        return engine.tick(now: now)
    }

    mutating func receive(_ message: WireMessage) -> [EngineAction] {
        engine.receive(message, now: now)
    }

    mutating func open(
        _ shape: CallRequest.Shape = .unary, method: String = Method.jobsGet, payload: [UInt8] = [7],
        timeout: Duration? = nil,
        patience: Duration? = nil
    ) -> (id: CallID, actions: [EngineAction]) {
        let id = Self.id(nextID)
        nextID += 1
        let request = CallRequest(
            id: id, shape: shape, method: method, payload: payload, timeout: timeout, patience: patience)
        return (id, engine.open(request, now: now))
    }

    static func id(_ number: UInt8) -> CallID {
        guard let id = CallID(bytes: [UInt8](repeating: number, count: CallID.byteCount)) else {
            preconditionFailure("an id has 16 bytes")
        }
        return id
    }
}

extension WireMessage {
    static func welcome(
        version: UInt32 = 1, epoch: UInt8 = 1, interval: UInt32 = 1000, timeout: UInt32 = 3000, credit: UInt32 = 4
    ) -> WireMessage {
        var welcome = Grove_V1_Welcome()
        welcome.version = version
        welcome.serverEpoch = Data([epoch])
        welcome.heartbeatIntervalMs = interval
        welcome.heartbeatTimeoutMs = timeout
        welcome.limits = Limits.message
        welcome.limits.streamCredit = credit
        return WireMessage(.welcome, envelope: encode(welcome))
    }

    static func end(_ id: CallID, payload: [UInt8] = [], bulk: [UInt8] = []) -> WireMessage {
        WireMessage(.end, callID: id, envelope: encode(Grove_V1_Status()), payload: payload, bulk: bulk)
    }

    static func end(_ id: CallID, _ error: RPCError) -> WireMessage {
        WireMessage(.end, callID: id, envelope: encode(error.status))
    }

    static func error(_ error: RPCError) -> WireMessage {
        WireMessage(.error, envelope: encode(error.status))
    }

    static func data(_ id: CallID, _ sequence: UInt32, payload: [UInt8] = []) -> WireMessage {
        WireMessage(.data, callID: id, sequence: sequence, payload: payload)
    }

    static let sayHello = error(RPCError(.unauthenticated, "say HELLO first"))
}

extension [EngineAction] {
    var sent: [WireMessage] {
        compactMap { if case .send(let message) = $0 { message } else { nil } }
    }

    /// The types of what is sent, for short.
    var sentTypes: [MessageType] { sent.map(\.type) }

    var finished: [CallID: Result<Answer, RPCError>] {
        var results: [CallID: Result<Answer, RPCError>] = [:]
        for case .finish(let id, let result) in self { results[id] = result }
        return results
    }

    func error(of id: CallID) -> RPCError? {
        if case .failure(let error) = finished[id] { error } else { nil }
    }

    var delivered: Int {
        count { if case .deliver = $0 { true } else { false } }
    }

    var restarted: [CallID] {
        compactMap { if case .restart(let id) = $0 { id } else { nil } }
    }

    var connects: Bool {
        contains { if case .connect = $0 { true } else { false } }
    }

    var disconnects: Bool {
        contains { if case .disconnect = $0 { true } else { false } }
    }

    var stops: Bool {
        contains { if case .stop = $0 { true } else { false } }
    }

    var events: [ConnectionEvent] {
        compactMap { if case .report(let event) = $0 { event } else { nil } }
    }
}

/// The time that a REQUEST says is left.
func timeLeft(_ message: WireMessage) throws -> Duration {
    .microseconds(Int64(try head(message).timeoutUs))
}

func head(_ message: WireMessage) throws -> Grove_V1_RequestHead {
    try decode(Grove_V1_RequestHead.self, from: message.envelope, what: "a head")
}
