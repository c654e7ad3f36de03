import Calls
import Wire

/// An engine with calls under way, and what must hold of all that it wants done.
struct EngineStage {
    private var engine: CallEngine
    private var now = Duration.seconds(1000)
    private var callCount: UInt8 = 0
    private var open: Set<CallID> = []
    private var streams: Set<CallID> = []

    init() {
        engine = CallEngine(
            .init(endpoint: "tcp://127.0.0.1:7741", hello: BrokerSeeds.hello(.client, "fuzz"), seed: 1), now: now)
    }

    mutating func take(_ step: [UInt8]) throws {
        let (argument, more) = (step.dropFirst().first ?? 0, step.dropFirst(2).first ?? 0)
        switch step.first.flatMap(EngineSeeds.Kind.init(rawValue:)) {
        case .message, nil: try perform(engine.receive(frames: Pieces(input: Array(step.dropFirst())).list, now: now))
        case .open: _ = try begin(.unary, patience: argument)
        case .stream: _ = try begin(.serverStream, patience: argument)
        case .cancel:
            let id = EngineSeeds.id(argument)
            open.remove(id)
            try perform(engine.cancel(id, now: now))
        case .took: try perform(engine.took(Int(more), bytes: Int(more) << 16, of: EngineSeeds.id(argument), now: now))
        case .pass: try pass(.milliseconds(10 * Int64(argument) * (more == 7 ? 100_000 : 1)))
        case .connectionEnded: try perform(engine.connectionEnded(now: now))
        case .linkFailed: try perform(engine.linkFailed("no link", now: now))
        }
    }

    private mutating func pass(_ time: Duration) throws {
        now += time
        try perform(engine.tick(now: now))
    }

    private mutating func begin(_ shape: CallRequest.Shape, patience: UInt8) throws -> CallID? {
        guard callCount < 200 else { return nil }
        callCount += 1
        let id = EngineSeeds.id(callCount)
        open.insert(id)
        if shape == .serverStream { streams.insert(id) }
        let time: Duration? = patience == 0 ? nil : .milliseconds(100 * Int64(patience))
        let request = CallRequest(
            id: id, shape: shape, method: Method.jobsGet, payload: [7], timeout: time,
            patience: patience % 3 == 1 ? time : nil)
        try perform(engine.open(request, now: now))
        return id
    }

    private mutating func perform(_ actions: [EngineAction]) throws {
        for action in actions {
            switch action {
            case .send(let message):
                let again = try WireMessage(frames: message.frames)
                try Violation.expect(again == message, "what is sent is another message when it is read")
                let types: [MessageType] = [.hello, .request, .cancel, .credit, .ping, .pong]
                try Violation.expect(types.contains(message.type), "a caller sends no \(message.type)")
            case .deliver(let id, _):
                try Violation.expect(open.contains(id) && streams.contains(id), "a message for a call that takes none")
            case .restart(let id): try Violation.expect(streams.contains(id), "a call that is no stream begins anew")
            case .finish(let id, _):
                try Violation.expect(open.remove(id) != nil, "a call ends that is not open")
            case .connect, .disconnect: break
            case .report(let event):
                try Violation.expect("\(event)".utf8.count <= 8 << 20, "a report of \("\(event)".utf8.count) bytes")
            case .stop: throw Violation("the engine stops although nobody closed it")
            }
        }
        if let deadline = engine.nextDeadline {
            try Violation.expect(deadline > now - .seconds(3600 * 24 * 365), "a deadline long ago")
        }
    }

    /// A broker that behaves, after one that did not: a call gets its answer.
    mutating func visit() throws {
        // The longest pause between connections.
        for _ in 0..<3 { try pass(.seconds(700)) }
        guard let id = try begin(.unary, patience: 0) else { return }
        for _ in 0..<20 where open.contains(id) {
            try perform(engine.receive(frames: EngineSeeds.welcome.frames, now: now))
            let end = WireMessage(.end, callID: id, envelope: encode(Grove_V1_Status()))
            try perform(engine.receive(frames: end.frames, now: now))
            try pass(.seconds(7))
        }
        // A broker that refused us for good says so to every call.
        try Violation.expect(!open.contains(id), "a call has no end although the broker answers")
    }
}
