import Calls
import Wire

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension LocalFile {
    /// The files of a dataset at `paths`, each looked at, so that nothing is uploaded that no worker could read. Texts that
    /// lie beside them are left out.
    /// - Throws: `FileError`, or `RPCError` INVALID_ARGUMENT, in a sentence that names the first file which does not belong.
    package static func dataset(_ paths: [String]) throws -> [LocalFile] {
        let all = try collect(paths)
        let files = all.filter { !DatasetFile.isProse($0.name) }
        guard let first = files.first else {
            let what = all.first.map { "'\($0.path)' is a text and there is no other file" } ?? "no file was named"
            throw RPCError(.invalidArgument, "\(what); give images")
        }
        var total: UInt64 = 0
        var kind: DatasetFile?
        for file in files {
            total += file.size
            guard total <= DatasetFile.largestTotal else {
                throw RPCError(
                    .invalidArgument,
                    "the files hold more than \(Format.bytes(DatasetFile.largestTotal)) in all; import them in parts")
            }
            let found = try DatasetFile(name: file.path, head: file.head(), size: file.size)
            guard found.goes(with: kind ?? found) else {
                throw RPCError(
                    .invalidArgument,
                    "'\(file.path)' is \(found.words) but '\(first.path)' is \((kind ?? found).words); "
                        + "give files that are alike")
            }
            kind = kind ?? found
        }
        return files
    }

    private func head() throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: DatasetFile.headSize)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw unreadable(errno) }
        return Array(bytes[..<count])
    }

    private func unreadable(_ code: Int32) -> FileError {
        FileError(.unreadable, path, "'\(path)' cannot be read: \(String(cString: strerror(code)))")
    }
}
