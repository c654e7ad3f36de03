import SwiftProtobuf
import Wire

/// The frames of a message, and every protobuf message of the protocol.
struct FramesTarget: FuzzTarget {
    static let name = "frames"

    init(scratch: String) {}

    func seeds() -> [[UInt8]] {
        BrokerSeeds.all.flatMap { script in
            script.steps.compactMap { step in
                if case .message(_, let frames, _) = step { Pieces(frames).bytes } else { nil }
            }
        }
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var pieces = Pieces(input: input)
        pieces.mutate(&random) { $1.oneIn(4) ? ByteMutator.mutate($0, &$1) : WireMutator.mutate($0, &$1) }
        return pieces.bytes
    }

    func run(_ input: [UInt8]) throws -> Int {
        let frames = Pieces(input: input).list
        for frame in frames { for type in Self.messages { try readTwice(type, frame) } }
        let message: WireMessage
        do throws(WireError) {
            message = try WireMessage(frames: frames)
        } catch {
            return 1
        }
        try Violation.expect(
            try WireMessage(frames: message.frames) == message, "a message is another one when it is read")
        return 1
    }

    /// What was read is written so that the same is read again.
    private func readTwice<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws {
        let message: M
        do throws(RPCError) {
            message = try decode(type, from: bytes, what: "a message")
        } catch {
            return
        }
        let written = encode(message)
        guard written.count <= Limits.frameBytes else { return }
        try Violation.expect(
            try encode(decode(type, from: written, what: "a message")) == written,
            "\(type.protoMessageName) is another one when it is read again")
    }

    private static let messages: [any Message.Type] = [
        Grove_V1_Hello.self, Grove_V1_Welcome.self, Grove_V1_RequestHead.self, Grove_V1_Status.self,
        Grove_V1_Credit.self, Grove_V1_SubmitRequest.self, Grove_V1_SubmitChainRequest.self, Grove_V1_Job.self,
        Grove_V1_HeartbeatRequest.self, Grove_V1_CompleteRequest.self, Grove_V1_CheckpointRequest.self,
        Grove_V1_ListArtifactsResponse.self, Grove_V1_ListWorkersResponse.self,
    ]
}
