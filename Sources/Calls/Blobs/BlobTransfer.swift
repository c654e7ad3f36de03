import Synchronization
import Wire

/// Moves files to and from the broker, in pieces, each checked by hash. Uploads go on where an earlier one stopped, and
/// cost nothing when the broker has the bytes already.
///
/// These functions block: they read disks and wait for the broker. `BlobTransfer+Tasks` has them for Swift tasks.
package struct BlobTransfer: Sendable {
    /// Told how many bytes are through, of how many.
    package typealias Progress = @Sendable (_ done: UInt64, _ total: UInt64) -> Void

    let connection: Connection
    /// For one piece, tries included.
    let pieceTimeout: Duration
    /// Stops a transfer from elsewhere.
    let stop: StopSwitch

    /// Pieces asked for ahead of the one that is needed.
    private static let readAhead = 4
    /// Rounds in which an upload may get no further.
    private static let patience = 3

    package init(_ connection: Connection, pieceTimeout: Duration = .seconds(60)) {
        self.init(connection, pieceTimeout: pieceTimeout, stop: StopSwitch())
    }

    init(_ connection: Connection, pieceTimeout: Duration, stop: StopSwitch) {
        (self.connection, self.pieceTimeout, self.stop) = (connection, pieceTimeout, stop)
    }

    // MARK: Up

    /// Uploads bytes in memory.
    /// - Throws: `RPCError`.
    @available(*, noasync)
    @discardableResult
    package func upload(_ bytes: [UInt8], progress: Progress = { _, _ in }) throws(RPCError) -> BlobName {
        let name = BlobName(of: bytes)
        do {
            try upload(name, progress: progress) { offset, count in
                Array(bytes[Int(offset)..<min(Int(offset) + count, bytes.count)])
            }
        } catch {
            throw error as? RPCError ?? RPCError(.internal, "\(error)")
        }
        return name
    }

    /// Uploads a file.
    /// - Parameter name: its name, when known already; it is hashed otherwise.
    /// - Throws: `RPCError`, or `FileError` when the file cannot be read or changes meanwhile.
    @available(*, noasync)
    @discardableResult
    package func upload(
        file path: String, named name: BlobName? = nil, progress: Progress = { _, _ in }
    ) throws -> BlobName {
        let file = try InputFile(path)
        let name = if let name { name } else { try BlobName.of(file) }
        try upload(name, progress: progress) { offset, count in
            let wanted = min(UInt64(count), name.size - offset)
            let piece = try file.read(Int(wanted), at: offset)
            guard piece.count == Int(wanted) else {
                throw FileError(.changed, path, "'\(path)' became shorter while it was read; try again")
            }
            return piece
        }
        return name
    }

    private func upload(
        _ name: BlobName, progress: Progress, piece: (_ offset: UInt64, _ count: Int) throws -> [UInt8]
    ) throws {
        var stat = Grove_V1_StatBlobRequest()
        (stat.sha256, stat.size) = (name.sha256, name.size)
        var status: Grove_V1_BlobStatus = try call(Method.blobsStat, stat).0
        var stalls = 0
        while !status.complete {
            let offset = status.nextOffset
            // Also for the empty blob, which is one empty piece.
            guard offset < name.size || name.size == 0 else { throw Self.notTaken(name) }
            progress(offset, name.size)
            var put = Grove_V1_PutBlobRequest()
            (put.sha256, put.size, put.offset) = (name.sha256, name.size, offset)
            status = try call(Method.blobsPut, put, bulk: piece(offset, Limits.chunkBytes)).0
            // Falling back is fine, the broker knows what it has; standing still for ever is not.
            stalls = status.complete || status.nextOffset > offset ? 0 : stalls + 1
            guard stalls < Self.patience else { throw Self.notTaken(name) }
        }
        progress(name.size, name.size)
    }

    private static func notTaken(_ name: BlobName) -> RPCError {
        RPCError(
            .dataLoss, "the broker does not take the \(name.size) bytes of blob \(name.sha256.prefix(12)); try again")
    }

    // MARK: Down

    /// Downloads a blob into memory.
    /// - Throws: `RPCError`: NOT_FOUND, or DATA_LOSS when the bytes do not match the name.
    @available(*, noasync)
    package func download(_ name: BlobName, progress: Progress = { _, _ in }) throws(RPCError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try download(name, progress: progress) { bytes += $0 }
        } catch {
            throw error as? RPCError ?? RPCError(.internal, "\(error)")
        }
        return bytes
    }

    /// Downloads a blob into a file, which appears only when it is complete and right.
    /// - Parameter replacing: whether a file of that name goes; if not, one with other bytes is an error, and one with
    ///   the same bytes is the result.
    /// - Throws: `RPCError`, or `FileError`.
    @available(*, noasync)
    package func download(
        _ name: BlobName, to path: String, replacing: Bool = false, progress: Progress = { _, _ in }
    ) throws {
        if !replacing, let present = try Self.name(ofPresent: path) {
            guard present == name else { throw FileError.taken(path) }
            return progress(name.size, name.size)
        }
        let draft = try DraftFile(for: path)
        try download(name, progress: progress) { try draft.append($0) }
        try draft.finish(replacing: replacing)
    }

    private static func name(ofPresent path: String) throws(FileError) -> BlobName? {
        do throws(FileError) {
            return try BlobName(ofFile: path)
        } catch {
            if error.kind == .missing { return nil }
            throw error
        }
    }

    private func download(_ name: BlobName, progress: Progress, take: ([UInt8]) throws -> Void) throws {
        var hash = SHA256()
        var asked: UInt64 = 0
        var done: UInt64 = 0
        var ahead: [PendingCall<Grove_V1_ReadBlobResponse>] = []
        defer { for call in ahead { call.cancel() } }
        repeat {
            while ahead.count < Self.readAhead && (asked < name.size || (name.size == 0 && ahead.isEmpty)) {
                ahead.append(read(name, at: asked))
                asked += UInt64(Limits.chunkBytes)
            }
            let (response, piece) = try stop.wait(for: ahead.removeFirst())
            let expected = min(UInt64(Limits.chunkBytes), name.size - done)
            guard response.size == name.size, UInt64(piece.count) == expected else {
                throw RPCError(
                    .dataLoss,
                    "the broker has \(response.size) bytes of blob \(name.sha256.prefix(12)) instead of \(name.size)")
            }
            hash.update(piece)
            try take(piece)
            done += UInt64(piece.count)
            progress(done, name.size)
        } while done < name.size
        guard Hexadecimal.text(hash.finish()) == name.sha256 else {
            throw RPCError(
                .dataLoss, "the bytes of blob \(name.sha256.prefix(12)) do not match their hash; fetch them again")
        }
    }

    private func read(_ name: BlobName, at offset: UInt64) -> PendingCall<Grove_V1_ReadBlobResponse> {
        var request = Grove_V1_ReadBlobRequest()
        (request.sha256, request.offset, request.length) = (name.sha256, offset, UInt32(Limits.chunkBytes))
        return connection.begin(Method.blobsRead, request, timeout: pieceTimeout)
    }
}
