/// What came back for a call, not yet decoded: one protobuf message and, from Blobs/Read, a piece of a blob.
package struct Answer: Hashable, Sendable {
    package var payload: [UInt8]
    package var bulk: [UInt8]

    package init(payload: [UInt8] = [], bulk: [UInt8] = []) {
        (self.payload, self.bulk) = (payload, bulk)
    }
}
