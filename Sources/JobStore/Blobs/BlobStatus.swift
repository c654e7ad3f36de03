/// How much of a blob is there.
package struct BlobStatus: Hashable, Sendable {
    package let isComplete: Bool
    /// Where the next piece goes; the size when complete.
    package let nextOffset: Int64

    package init(isComplete: Bool, nextOffset: Int64) {
        self.isComplete = isComplete
        self.nextOffset = nextOffset
    }
}

/// Why a piece was not taken or given.
package enum BlobError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole did not have the hash that it was announced under; the upload begins anew.
    case wrongContent(expected: String, found: String)
    /// The piece ends after the announced size.
    case tooLong(end: Int64, size: Int64)
    /// The file is there with another size.
    case wrongSize(expected: Int64, found: Int64)
    case notEnoughRoom(needed: Int64, free: Int64)
    case missing(String)
    case damaged(String)

    package var description: String {
        switch self {
        case .wrongContent(let expected, let found):
            "the bytes that came for blob \(expected.prefix(12))… have the hash \(found.prefix(12))…; send it again"
        case .tooLong(let end, let size):
            "the piece ends at byte \(end) but the blob was announced with \(size) bytes"
        case .wrongSize(let expected, let found):
            "the blob has \(found) bytes, not the announced \(expected)"
        case .notEnoughRoom(let needed, let free):
            "the broker's disk has \(free) bytes free but \(needed) are needed; make room there and try again"
        case .damaged(let sha256):
            "the file of blob \(sha256.prefix(12))… was damaged on the broker's disk; upload it again"
        case .missing(let sha256):
            "the file of blob \(sha256.prefix(12))… is not in the broker's directory; upload it again"
        }
    }
}
