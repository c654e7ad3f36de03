import Wire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Conversations of an engine as steps: a byte says what happens, the rest with what.
enum EngineSeeds {
    enum Kind: UInt8, CaseIterable {
        case message, open, stream, cancel, took, pass, connectionEnded, linkFailed
    }

    static func step(_ kind: Kind, _ rest: [UInt8] = []) -> [UInt8] { [kind.rawValue] + rest }

    static func message(_ message: WireMessage) -> [UInt8] { step(.message, Pieces(message.frames).bytes) }

    /// The calls of a script are numbered; their ids say so.
    static func id(_ number: UInt8) -> CallID {
        CallID(bytes: [UInt8](repeating: number, count: CallID.byteCount)) ?? .none
    }

    static let welcome: WireMessage = {
        var welcome = Grove_V1_Welcome()
        (welcome.version, welcome.heartbeatIntervalMs, welcome.heartbeatTimeoutMs) = (1, 1000, 3000)
        (welcome.serverEpoch, welcome.limits, welcome.software) = (Data([1]), Limits.message, "broker")
        return WireMessage(.welcome, envelope: encode(welcome))
    }()

    static let all: [[[UInt8]]] = {
        let begin = [step(.pass, [0]), message(welcome)]
        let busy = RPCError(.unavailable, "later", retryAfter: .milliseconds(200))
        let end = WireMessage(.end, callID: id(1), envelope: encode(Grove_V1_Status()), payload: [1], bulk: [2])
        let refusal = WireMessage(.end, callID: id(1), envelope: encode(busy.status))
        let data = (0..<3).map { WireMessage(.data, callID: id(1), sequence: $0, payload: [8, 1]) }
        let sayHello = RPCError(.unauthenticated, "say HELLO first")
        var goAway = Grove_V1_GoAway()
        goAway.reason = "it stops"
        return [
            begin + [step(.open), message(end)],
            begin + [step(.open), message(refusal), step(.pass, [20]), message(end)],
            begin + [step(.stream)] + data.map(message) + [step(.took, [1, 3]), message(end)],
            begin + [step(.open), message(WireMessage(.error, envelope: encode(sayHello.status))), message(welcome)],
            begin + [
                step(.stream), message(WireMessage(.goAway, envelope: encode(goAway))), step(.pass, [100]),
                message(end),
            ],
            begin + [step(.open), step(.connectionEnded), step(.pass, [50]), message(welcome), step(.cancel, [1])],
            [
                step(.open), step(.linkFailed), step(.pass, [200]), message(welcome), message(WireMessage(.ping)),
                message(WireMessage(.pong)),
            ],
        ]
    }()

    static func mutate(_ step: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        guard step.first == Kind.message.rawValue, !random.oneIn(8) else {
            let kind = random.pick(Kind.allCases)
            return self.step(kind, random.bytes(1 + random.below(4)))
        }
        var pieces = Pieces(input: Array(step.dropFirst()))
        pieces.mutate(&random) { $1.oneIn(4) ? ByteMutator.mutate($0, &$1) : WireMutator.mutate($0, &$1) }
        if random.oneIn(3), pieces.list.count > 1, pieces.list[1].count > 20 {
            pieces.list[1][0] = random.pick(MessageType.allCases).rawValue
            pieces.list[1].replaceSubrange(4..<20, with: id(UInt8(random.below(5))).bytes)
            pieces.list[1][20] = UInt8(random.below(4))
        }
        return [Kind.message.rawValue] + pieces.bytes
    }
}
