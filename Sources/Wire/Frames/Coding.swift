import SwiftProtobuf

/// Reads a protobuf message of a peer, with bounds on size and depth.
///
/// - Parameter what: the thing that is read, for the error: "the request of grove.v1.Jobs/Submit".
/// - Throws: `RPCError` INVALID_ARGUMENT when the bytes are not such a message.
package func decode<M: Message>(_ type: M.Type, from bytes: [UInt8], what: String) throws(RPCError) -> M {
    guard bytes.count <= Limits.frameBytes else {
        throw RPCError(
            .invalidArgument, "\(what) has \(bytes.count) bytes, at most \(Limits.frameBytes) are allowed")
    }
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = Limits.messageDepth
    // What is not known has no bounds, so it is not kept either.
    options.discardUnknownFields = true
    do {
        return try M(serializedBytes: bytes, options: options)
    } catch {
        throw RPCError(.invalidArgument, "\(what) is not a \(M.protoMessageName) (\(error)); encode it anew")
    }
}

/// The bytes of a message. The same message gives the same bytes in this process, also when it has maps.
package func encode(_ message: some Message) -> [UInt8] {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    do {
        return try message.serializedBytes(options: options)
    } catch {
        preconditionFailure("a proto3 message without Any fields always encodes, but: \(error)")
    }
}
