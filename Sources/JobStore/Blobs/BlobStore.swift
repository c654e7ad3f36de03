/// Content-addressed files: `blobs/ab/cd…` under their SHA-256, written through `uploads/<sha>.part`.
///
/// A file is under its final name only when it is whole, was checked against its hash and is on the disk; so a name is
/// proof of the content. Belongs to one thread.
package final class BlobStore {
    private let blobs: String
    private let uploads: String
    let damaged: String
    private let makeHash: () -> any ContentHash
    private let freeBytes: (String) throws -> Int64
    /// Uploads that go on right now, the one used last at the end.
    private var open: [Upload] = []
    var reads: ReadCheck
    var findings: [String] = []

    private static let openUploads = 16
    /// What an input may not take: the database must go on when the disk is nearly full.
    package static let reserveBytes: Int64 = 64 << 20

    /// - Parameters:
    ///   - directory: the broker's; the store's lock guards it.
    ///   - freeBytes: the room on the file system of a path, to be replaced in tests.
    package init(
        directory: String, hash: @escaping () -> any ContentHash, freeBytes: ((String) throws -> Int64)? = nil
    ) throws {
        blobs = directory + "/blobs"
        uploads = directory + "/uploads"
        damaged = directory + "/damaged"
        makeHash = hash
        reads = ReadCheck(hash: hash)
        self.freeBytes = freeBytes ?? FileSystem.freeBytes
        try FileSystem.createDirectory(blobs)
        try FileSystem.createDirectory(uploads)
    }

    /// How much of a blob is there.
    package func status(_ sha256: String, size: Int64) throws -> BlobStatus {
        if let found = try FileSystem.size(of: path(of: sha256)) {
            guard found == size else { throw BlobError.wrongSize(expected: size, found: found) }
            return BlobStatus(isComplete: true, nextOffset: size)
        }
        if let upload = open.first(where: { $0.sha256 == sha256 }) {
            return BlobStatus(isComplete: false, nextOffset: upload.offset)
        }
        let partial = try FileSystem.size(of: partPath(of: sha256)) ?? 0
        return BlobStatus(isComplete: false, nextOffset: partial > size ? 0 : partial)
    }

    /// The size of a blob that is there whole.
    package func size(of sha256: String) throws -> Int64? {
        try FileSystem.size(of: path(of: sha256))
    }

    /// Takes a piece. One that is not the next is left aside, and the answer says which is: so a repeated piece does no
    /// harm, and several may send the same blob.
    /// - Parameter keepingFree: bytes of the disk that it may not take.
    /// - Returns: complete after the last piece, when the whole was checked and is durable.
    /// - Throws: `BlobError`, or `StoreError` when the disk refuses. What came before is kept, except when the whole
    ///   turns out to be wrong.
    package func put(
        _ sha256: String, size: Int64, offset: Int64, bytes: [UInt8], keepingFree: Int64 = BlobStore.reserveBytes
    ) throws -> BlobStatus {
        let status = try status(sha256, size: size)
        guard !status.isComplete, offset == status.nextOffset else { return status }
        guard offset + Int64(bytes.count) <= size else {
            throw BlobError.tooLong(end: offset + Int64(bytes.count), size: size)
        }
        let free = try freeBytes(uploads)
        guard size - offset <= free - keepingFree else {
            throw BlobError.notEnoughRoom(needed: size - offset + keepingFree, free: free)
        }
        let upload = try upload(sha256, size: size)
        guard upload.offset == offset else { return BlobStatus(isComplete: false, nextOffset: upload.offset) }
        do {
            try upload.append(bytes)
        } catch {
            // What the file holds now is not known; it is read again when the upload goes on.
            forget(sha256)
            throw error
        }
        guard upload.offset == size else { return BlobStatus(isComplete: false, nextOffset: upload.offset) }
        try finish(upload)
        return BlobStatus(isComplete: true, nextOffset: size)
    }

    /// Removes a whole blob that nothing names any more.
    package func remove(_ sha256: String) throws {
        try FileSystem.remove(path(of: sha256))
    }

    /// Whole blobs whose hashes begin with these two digits and that came before an instant.
    package func hashes(beginningWith digits: String, createdBeforeMS: Int64) throws -> [String] {
        let folder = "\(blobs)/\(digits)"
        guard FileSystem.isDirectory(folder) else { return [] }
        return try FileSystem.names(in: folder).filter { name in
            guard let modified = try FileSystem.modifiedMS(of: "\(folder)/\(name)") else { return false }
            return modified < createdBeforeMS
        }.map { digits + $0 }.filter(Self.isDigest)
    }

    /// Has a blob of one broker's directory in another one too.
    static func link(_ sha256: String, from directory: String, to other: String) throws {
        let name = place(of: sha256)
        let target = "\(other)/blobs/\(name)"
        guard try FileSystem.exists("\(directory)/blobs/\(name)") else {
            throw StoreError(
                kind: .file,
                message: "the file of blob \(sha256) is missing or was damaged; upload it again, then back up")
        }
        try FileSystem.createDirectory(FileSystem.parent(of: target))
        try FileSystem.link("\(directory)/blobs/\(name)", to: target)
        try FileSystem.synchronizeDirectory(FileSystem.parent(of: target))
    }

    /// Removes uploads that nobody has gone on with for so long.
    /// - Returns: how many there were.
    package func removeUploads(olderThanMS age: Int64, nowMS: Int64) throws -> Int {
        let stale = try FileSystem.names(in: uploads).filter { name in
            guard let modified = try FileSystem.modifiedMS(of: uploads + "/" + name) else { return false }
            return modified < nowMS - age
        }
        for name in stale { try FileSystem.remove(uploads + "/" + name) }
        return stale.count
    }
}

// MARK: Uploads

extension BlobStore {
    private func upload(_ sha256: String, size: Int64) throws -> Upload {
        if let index = open.firstIndex(where: { $0.sha256 == sha256 }) {
            let upload = open.remove(at: index)
            open.append(upload)
            return upload
        }
        let upload = try Upload(sha256: sha256, path: partPath(of: sha256), limit: size, hash: makeHash())
        if open.count == Self.openUploads { open.removeFirst() }
        open.append(upload)
        return upload
    }

    private func forget(_ sha256: String) {
        open.removeAll { $0.sha256 == sha256 }
    }

    /// Checks the whole, and only then gives it its name: bytes, name, and the names above it are durable afterwards.
    private func finish(_ upload: Upload) throws {
        forget(upload.sha256)
        let found = upload.hexDigest()
        guard found == upload.sha256 else {
            try FileSystem.remove(partPath(of: upload.sha256))
            throw BlobError.wrongContent(expected: upload.sha256, found: found)
        }
        try upload.synchronize()
        let path = path(of: upload.sha256)
        try FileSystem.createDirectory(FileSystem.parent(of: path))
        try FileSystem.move(partPath(of: upload.sha256), to: path)
        try FileSystem.synchronizeDirectory(FileSystem.parent(of: path))
        try FileSystem.synchronizeDirectory(uploads)
    }
}

// MARK: Paths

extension BlobStore {
    func path(of sha256: String) -> String {
        "\(blobs)/\(Self.place(of: sha256))"
    }

    private static func place(of sha256: String) -> String {
        requireDigest(sha256)
        return "\(sha256.prefix(2))/\(sha256.dropFirst(2))"
    }

    private func partPath(of sha256: String) -> String {
        Self.requireDigest(sha256)
        return "\(uploads)/\(sha256).part"
    }

    /// Only hexadecimal digits become part of a path. A caller that hands on a peer's text must have looked.
    private static func requireDigest(_ sha256: String) {
        precondition(
            isDigest(sha256), "a blob is named by 64 lower-case hexadecimal digits; check what peers send before")
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
