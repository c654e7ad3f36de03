import Wire

/// What names a blob: the hash of its bytes, and how many there are.
package struct BlobName: Hashable, Sendable {
    /// Lower-case hexadecimal.
    package var sha256: String
    package var size: UInt64

    package init(sha256: String, size: UInt64) {
        (self.sha256, self.size) = (sha256, size)
    }

    /// The name of bytes in memory.
    package init(of bytes: [UInt8]) {
        self.init(sha256: SHA256.hexDigest(of: bytes), size: UInt64(bytes.count))
    }

    /// The name of a file's bytes; reads it from end to end.
    package init(ofFile path: String) throws(FileError) {
        let file = try InputFile(path)
        self = try Self.of(file)
    }

    static func of(_ file: borrowing InputFile) throws(FileError) -> BlobName {
        var hash = SHA256()
        var offset: UInt64 = 0
        while true {
            let piece = try file.read(1 << 20, at: offset)
            if piece.isEmpty { break }
            hash.update(piece)
            offset += UInt64(piece.count)
        }
        return BlobName(sha256: Hexadecimal.text(hash.finish()), size: offset)
    }
}
