#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that appears under its name only when it is complete: it grows under another name in the same directory, and
/// is removed if it goes out of scope unfinished.
struct DraftFile: ~Copyable {
    let path: String
    private let draft: String
    private let descriptor: Int32
    private var isFinished = false

    /// - Parameter path: the name it will have.
    init(for path: String) throws(FileError) {
        let draft = path + ".part-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .writing(path, code: errno) }
        (self.path, self.draft, self.descriptor) = (path, draft, descriptor)
    }

    deinit {
        closeDescriptor(descriptor)
        if !isFinished { _ = unlink(draft) }
    }

    func append(_ bytes: [UInt8]) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .writing(path, code: count < 0 ? errno : EIO) }
            written += count
        }
    }

    /// Gives the file its name, after its bytes are on the disk.
    /// - Parameter replacing: whether a file of that name goes; if not, finding one is an error of kind `.exists`.
    consuming func finish(replacing: Bool) throws(FileError) {
        guard fsync(descriptor) == 0 else { throw .writing(path, code: errno) }
        if replacing {
            guard rename(draft, path) == 0 else { throw .writing(path, code: errno) }
            isFinished = true
            return
        }
        // A link is refused when the name is taken, which a rename is not.
        if link(draft, path) == 0 { return }
        switch errno {
        case EEXIST: throw .taken(path)
        case EPERM, ENOTSUP, EMLINK:
            // A file system without links, such as FAT.
            guard access(path, F_OK) != 0 else { throw .taken(path) }
            guard rename(draft, path) == 0 else { throw .writing(path, code: errno) }
            isFinished = true
        case let code: throw .writing(path, code: code)
        }
    }
}

extension FileError {
    static func taken(_ path: String) -> FileError {
        FileError(
            .exists, path, "'\(path)' exists and is another file; choose another directory with -o, or move it away")
    }
}
