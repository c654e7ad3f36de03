import Models
import Wire

/// A dataset's files of many images or labels each, inflated. Each is looked at as soon as it is there, so that nothing more
/// is fetched for a dataset that cannot be read.
enum RawFiles {
    static func read(_ files: [Grove_V1_FileRef], _ context: JobContext) throws -> [DatasetReader.File] {
        guard files.count <= DatasetReader.largestFileCount else {
            throw JobError(
                .invalidArgument,
                "\(files.count) files are too many, at most \(DatasetReader.largestFileCount) make a dataset: give those of one."
            )
        }
        // The files, the pixels in their order, and the dataset's own file are in memory at once.
        var room = min(Int(DatasetFile.largestTotal), (FreeMemory.bytes ?? .max) / 3)
        return try files.map { file in
            try context.checkStop()
            let bytes = try inflated(try context.bytes(file), of: file.name, room: room)
            guard bytes.count <= room else { throw ImportDatasetJob.tooLarge }
            room -= bytes.count
            _ = try recognised(bytes, of: file.name, size: bytes.count)
            return (file.name, bytes)
        }
    }

    private static func inflated(_ bytes: [UInt8], of name: String, room: Int) throws -> [UInt8] {
        guard Gzip.isGzip(bytes) else { return bytes }
        let size = Gzip.statedSize(bytes)
        let head = try Gzip.inflate(bytes, name: name, beginning: DatasetFile.headSize)
        _ = try recognised(head, of: name, size: max(size, head.count))
        // What a file says of its own size holds: otherwise a small one could take all that there is.
        let stated = DatasetReader.statedSize(head, fileSize: size) ?? room
        return try Gzip.inflate(bytes, name: name, limit: min(room, stated))
    }

    private static func recognised(_ head: [UInt8], of name: String, size: Int) throws -> DatasetFile {
        let kind: DatasetFile
        do {
            kind = try DatasetFile(name: name, head: Array(head.prefix(DatasetFile.headSize)), size: UInt64(size))
        } catch {
            throw JobError(error.code, error.message + ".")
        }
        guard kind == .images else {
            throw JobError(
                .invalidArgument, "'\(name)' is \(kind.words) inside: give it as it was before it was packed.")
        }
        return kind
    }
}
