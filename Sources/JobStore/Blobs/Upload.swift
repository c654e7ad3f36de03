/// A blob on its way in: the part that is there, and the state of its hash, so that the end needs no second reading.
final class Upload {
    let sha256: String
    /// Where the next piece goes.
    private(set) var offset: Int64
    private let file: File
    private var hash: any ContentHash

    private static let pieceBytes = 1 << 20

    /// Goes on with the part at `path`, which is read once to hash it; one longer than `limit` is cut to nothing.
    init(sha256: String, path: String, limit: Int64, hash: any ContentHash) throws {
        self.sha256 = sha256
        self.hash = hash
        file = try File(path, .writing)
        offset = 0
        let size = try FileSystem.size(of: path) ?? 0
        if size > limit {
            try file.truncate(to: 0)
            return
        }
        while offset < size {
            let bytes = try file.read(at: offset, count: Int(min(size - offset, Int64(Self.pieceBytes))))
            guard !bytes.isEmpty else { break }
            self.hash.update(bytes)
            offset += Int64(bytes.count)
        }
    }

    /// - Throws: `StoreError`; the piece may then be on the disk in part.
    func append(_ bytes: [UInt8]) throws {
        do {
            try file.write(bytes, at: offset)
        } catch {
            try file.truncate(to: offset)
            throw error
        }
        hash.update(bytes)
        offset += Int64(bytes.count)
    }

    func synchronize() throws {
        try file.synchronize()
    }

    func hexDigest() -> String {
        hash.hexDigest()
    }
}
