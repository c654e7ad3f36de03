/// Why frames are not a message.
package enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    case notGrove
    case unsupportedVersion(UInt8)
    case wrongFrameCount(Int)
    case frameTooLarge(index: Int, bytes: Int)
    case wrongHeaderSize(Int)
    case unknownType(UInt8)
    case unknownFlags

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
