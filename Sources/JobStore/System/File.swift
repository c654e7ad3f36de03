#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open file; closed with the last reference.
final class File {
    let path: String
    private let descriptor: Int32

    enum Mode {
        case reading
        /// Made when it is not there.
        case writing
    }

    init(_ path: String, _ mode: Mode) throws {
        self.path = path
        switch mode {
        case .reading: descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        case .writing: descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        guard descriptor >= 0 else { throw FileSystem.error("open", path) }
    }

    /// Makes a file that only its owner can read, whatever the process's mask says; leaves one that is there.
    static func makePrivate(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw FileSystem.error("make", path)
        }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw FileSystem.error("make private", path) }
    }

    deinit {
        // What had to be durable was synchronised before.
        _ = close(descriptor)
    }

    /// Bytes from `offset`: `count` of them, fewer only at the end of the file.
    func read(at offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + filled)
                if got == 0 { break }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    throw FileSystem.error("read", path)
                }
            }
        }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let put = pwrite(
                    descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + done)
                if put >= 0 {
                    done += put
                } else if errno != EINTR {
                    throw FileSystem.error("write", path)
                }
            }
        }
    }

    func truncate(to size: Int64) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileSystem.error("cut", path) }
    }

    func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw FileSystem.notDurable(path) }
    }
}
