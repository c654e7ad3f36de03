/// Blobs on their way out, and what is done with those that are not what their names say.
extension BlobStore {
    /// At most `count` bytes from `offset`. What is read from its start to its end is checked on the way.
    /// - Parameter size: what the whole must have.
    /// - Throws: `BlobError.missing` when it is not there, `.damaged` when it turns out not to be what its name says; it is
    ///   then out of the way of the next upload.
    package func read(_ sha256: String, size: Int64, offset: Int64, count: Int) throws -> [UInt8] {
        let path = path(of: sha256)
        guard let found = try FileSystem.size(of: path) else { throw BlobError.missing(sha256) }
        guard found == size else {
            throw try removingDamaged(sha256, "it has \(found) bytes, not \(size)")
        }
        guard offset < size || size == 0 else { return [] }
        let file = try File(path, .reading)
        let bytes: [UInt8]
        do {
            bytes = try file.read(at: offset, count: min(count, Int(clamping: size - offset)))
        } catch let error as StoreError where error.kind == .file {
            throw try removingDamaged(sha256, error.message)
        }
        if let hash = reads.read(sha256, offset: offset, bytes, size: size), hash != sha256 {
            throw try removingDamaged(sha256, "its bytes have the hash \(hash)")
        }
        return bytes
    }

    /// Moves the file of a blob that is not what its name says into a folder of its own, so that the blob can be uploaded
    /// again and the file can still be looked at.
    /// - Returns: the error for who asked for it.
    package func removingDamaged(_ sha256: String, _ finding: String) throws -> BlobError {
        try FileSystem.createDirectory(damaged)
        try FileSystem.move(path(of: sha256), to: "\(damaged)/\(sha256)")
        findings.append("blob \(sha256) is damaged (\(finding)); its file is now in \(damaged), upload it again")
        return .damaged(sha256)
    }

    /// What was found damaged since the last call, in sentences for the broker's log.
    package func takeFindings() -> [String] {
        defer { findings = [] }
        return findings
    }
}
