#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A regular file, open for reading.
struct InputFile: ~Copyable {
    let path: String
    /// Bytes when it was opened.
    let size: UInt64
    private let descriptor: Int32

    /// - Throws: `FileError` when it is missing, may not be read or is no regular file.
    init(_ path: String) throws(FileError) {
        // Not blocking, or a named pipe would hold us up before it can be refused.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .reading(path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            closeDescriptor(descriptor)
            throw FileError(.unreadable, path, "'\(path)' is not a regular file; name a file")
        }
        (self.path, self.descriptor, size) = (path, descriptor, UInt64(status.st_size))
    }

    deinit { closeDescriptor(descriptor) }

    /// The bytes from `offset` on: `count`, or fewer at the end.
    func read(_ count: Int, at offset: UInt64) throws(FileError) -> [UInt8] {
        var filled = 0
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while filled < count {
                let place = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = pread(descriptor, place.baseAddress, count - filled, off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
            initialized = filled
        }
        guard failure == 0 else { throw .reading(path, code: failure) }
        return bytes
    }
}

/// close(2) of a descriptor owned here fails only by being interrupted, when it is closed all the same; what was written
/// was synchronised before.
func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
}
