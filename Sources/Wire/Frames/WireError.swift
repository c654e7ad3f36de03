/// Why frames are not a message.
package enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    case notGrove
    case unsupportedVersion(UInt8)
    case wrongFrameCount(Int)
    case frameTooLarge(index: Int, bytes: Int)
    case wrongHeaderSize(Int)
    case unknownType(UInt8)
    case unknownFlags
    case wrongCallID(MessageType)
    case unexpectedSequence(MessageType)
    case emptyBulk
    /// A frame with bytes in a message that has none there.
    case unexpectedContent(MessageType, frame: String)

    package var description: String {
        switch self {
        case .notGrove:
            "the first frame is not 'GRV' and a version byte; this port speaks Grove's protocol and no other"
        case .unsupportedVersion(let version):
            "protocol version \(version) is not spoken here, only version \(WireMessage.version); "
                + "use programs of the same release"
        case .wrongFrameCount(let count):
            "a message has 4 or 5 frames (magic, header, envelope, payload, bulk), not \(count)"
        case .frameTooLarge(let index, let bytes):
            "frame \(index) has \(bytes) bytes, at most \(Limits.frameBytes) are allowed; send less at a time"
        case .wrongHeaderSize(let bytes):
            "the header frame has \(bytes) bytes instead of \(WireMessage.headerBytes)"
        case .unknownType(let type):
            "message type \(type) is unknown in protocol version \(WireMessage.version)"
        case .unknownFlags:
            "the header's flags and reserved bytes must be 0 in protocol version \(WireMessage.version)"
        case .wrongCallID(let type):
            type.concernsCall
                ? "a message of type \(type) concerns a call, so its call id must not be zero"
                : "a message of type \(type) concerns no call, so its call id must be zero"
        case .unexpectedSequence(let type):
            "a message of type \(type) has the sequence 0; only data is numbered"
        case .emptyBulk:
            "the fifth frame is empty; leave it out where there is no piece of a blob"
        case .unexpectedContent(let type, let frame):
            "a message of type \(type) has nothing in its \(frame) frame; send that frame \(frame == "bulk" ? "not at all" : "empty")"
        }
    }

    /// How it is said to the peer that sent the frames.
    package var rpcError: RPCError {
        switch self {
        case .unsupportedVersion: RPCError(.failedPrecondition, description)
        default: RPCError(.invalidArgument, description)
        }
    }
}
