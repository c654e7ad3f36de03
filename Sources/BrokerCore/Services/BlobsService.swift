import JobStore
import Wire

/// Content-addressed files, in pieces.
struct BlobsService {
    let context: ServiceContext

    func stat(_ request: Grove_V1_StatBlobRequest) throws -> Grove_V1_BlobStatus {
        let size = try checked(request.sha256, request.size)
        return try translating {
            try healing(request.sha256, size)
            return try answer(context.blobs.status(request.sha256, size: size), request.sha256, size)
        }
    }

    /// Results of workers may take the room that inputs must leave, but for what the ends of jobs need on a full disk.
    func put(_ request: Grove_V1_PutBlobRequest, bulk: [UInt8], _ caller: Caller) throws -> Grove_V1_BlobStatus {
        let isResult = caller.session.role == .worker
        if !isResult { try requireRoom(request) }
        let size = try checked(request.sha256, request.size)
        guard bulk.count <= Limits.chunkBytes else {
            throw RPCError(
                .invalidArgument, "a piece has at most \(Limits.chunkBytes) bytes, not \(bulk.count); send smaller ones"
            )
        }
        guard let offset = Int64(exactly: request.offset), offset <= size else {
            throw RPCError(.outOfRange, "the offset \(request.offset) is behind the end of the blob, \(size)")
        }
        return try translating(mayTakeReserve: isResult) {
            try healing(request.sha256, size)
            let status = try context.blobs.put(
                request.sha256, size: size, offset: offset, bytes: bulk,
                keepingFree: isResult ? roomForEnds : BlobStore.reserveBytes)
            return try answer(status, request.sha256, size)
        }
    }

    /// While the disk is full, results share the reserve with the database.
    private var roomForEnds: Int64 { context.isDiskFull ? context.settings.diskReserveBytes / 2 : 0 }

    /// A file that was cut, or grew, is out of the way of the bytes that belong there.
    private func healing(_ sha256: String, _ size: Int64) throws {
        guard let found = try context.blobs.size(of: sha256), found != size,
            try context.batch.blobSize(sha256) != found
        else { return }
        _ = try context.blobs.removingDamaged(sha256, "it has \(found) bytes, not \(size)")
    }

    private func requireRoom(_ request: Grove_V1_PutBlobRequest) throws {
        try context.requireRoom()
        guard request.offset == 0, let quota = context.settings.quotaBytes else { return }
        let kept = try context.batch.blobBytes()
        guard kept + Int64(clamping: request.size) > quota else { return }
        throw RPCError(
            .resourceExhausted,
            "the broker keeps \(kept >> 20) MiB of files and its quota is \(quota >> 20) MiB; have older results expire, or "
                + "give it a larger quota")
    }

    func read(_ request: Grove_V1_ReadBlobRequest) throws -> (Grove_V1_ReadBlobResponse, bulk: [UInt8]) {
        _ = try checked(request.sha256, 0)
        guard let size = try context.batch.blobSize(request.sha256) else {
            throw RPCError(.notFound, "there is no blob \(request.sha256); list the job or artifact that names it anew")
        }
        guard let offset = Int64(exactly: request.offset), offset <= size else {
            throw RPCError(.outOfRange, "the offset \(request.offset) is behind the end of the blob, \(size)")
        }
        let count = request.length == 0 ? Limits.chunkBytes : min(Int(request.length), Limits.chunkBytes)
        return try translating {
            let bytes = try context.blobs.read(request.sha256, size: size, offset: offset, count: count)
            var response = Grove_V1_ReadBlobResponse()
            response.size = UInt64(clamping: size)
            return (response, bytes)
        }
    }

    /// A file that is whole gets its row here: the last step of its upload, or the repetition of one that a crash cut off.
    private func answer(_ status: BlobStatus, _ sha256: String, _ size: Int64) throws -> Grove_V1_BlobStatus {
        if status.isComplete {
            try context.batch.insertBlob(sha256: sha256, size: size, nowMS: context.now.wallMS)
        }
        var answer = Grove_V1_BlobStatus()
        answer.complete = status.isComplete
        answer.nextOffset = UInt64(clamping: status.nextOffset)
        return answer
    }

    private func checked(_ sha256: String, _ size: UInt64) throws(RPCError) -> Int64 {
        guard SHA256.isHexDigest(sha256) else {
            throw RPCError(
                .invalidArgument, "a blob is named by its SHA-256 in 64 lower-case hexadecimal digits",
                violations: [.init(field: "sha256", description: "not a hash")])
        }
        // A petabyte: far above any disk, far below any overflow.
        guard size <= 1 << 50 else { throw RPCError(.invalidArgument, "a blob of \(size) bytes is too large") }
        return Int64(size)
    }

    /// - Parameter mayTakeReserve: whether this is part of how a job ends.
    private func translating<T>(mayTakeReserve: Bool = false, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as BlobError {
            switch error {
            case .wrongContent, .missing, .damaged: throw RPCError(.dataLoss, error.description)
            case .tooLong, .wrongSize: throw RPCError(.invalidArgument, error.description)
            case .notEnoughRoom(let needed, let free):
                // What the reserve has room for is worth giving it up; the turn is then done again.
                if mayTakeReserve, !context.isDiskFull, needed - free <= context.settings.diskReserveBytes / 2 {
                    throw StoreError.full(error.description)
                }
                throw RPCError(.resourceExhausted, error.description)
            }
        }
    }
}

/// Wire's SHA-256 is what names blobs.
extension SHA256: ContentHash {
    package func hexDigest() -> String { Hexadecimal.text(finish()) }
}
