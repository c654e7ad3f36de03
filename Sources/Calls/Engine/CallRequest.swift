import Wire

/// One call as its caller wants it.
package struct CallRequest: Sendable {
    package enum Shape: Sendable {
        /// One answer.
        case unary
        /// Any number of messages.
        case serverStream
        /// Nothing is sent: it ends well as soon as there is a session.
        case session
    }

    package var id: CallID
    package var shape: Shape
    package var method: String
    package var metadata: [String: String]
    package var payload: [UInt8]
    package var bulk: [UInt8]
    /// How long the caller wants to wait in all; without it, for as long as it takes.
    package var timeout: Duration?
    /// How long the call may be without a broker before it fails UNAVAILABLE; without it, up to its time-out.
    package var patience: Duration?

    package init(
        id: CallID, shape: Shape, method: String, metadata: [String: String] = [:], payload: [UInt8] = [],
        bulk: [UInt8] = [], timeout: Duration?, patience: Duration?
    ) {
        (self.id, self.shape, self.method, self.metadata) = (id, shape, method, metadata)
        (self.payload, self.bulk, self.timeout, self.patience) = (payload, bulk, timeout, patience)
    }

    /// Why this can never be sent, if so.
    var defect: RPCError? {
        let metadataBytes = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if payload.count > Limits.frameBytes {
            return RPCError(
                .invalidArgument,
                "the request of \(method) has \(payload.count) bytes, at most \(Limits.frameBytes) fit; "
                    + "ask for less at a time")
        }
        if bulk.count > Limits.chunkBytes {
            return RPCError(
                .invalidArgument,
                "a piece of \(bulk.count) bytes is too large; send at most \(Limits.chunkBytes) at a time")
        }
        if metadataBytes > Limits.metadataBytes {
            return RPCError(
                .invalidArgument,
                "the metadata of \(method) has \(metadataBytes) bytes, at most \(Limits.metadataBytes) are allowed")
        }
        return nil
    }
}
