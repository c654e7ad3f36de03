#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file that stands for an `ipc://` endpoint. libzmq replaces whatever is at the path without a word and leaves its own
/// file there; here a living listener and a file of another kind are refused, and the file goes with the value.
final class SocketFile {
    private let path: String
    private let identity: (device: dev_t, inode: ino_t)

    /// Takes down that this process listens at `path` now.
    /// - Returns: `nil` when nothing is there.
    init?(at path: String) {
        guard let status = Self.status(path) else { return nil }
        self.path = path
        identity = (status.st_dev, status.st_ino)
    }

    deinit {
        // Another program may have taken its place.
        guard let status = Self.status(path), (status.st_dev, status.st_ino) == identity else { return }
        _ = unlink(path)
    }

    /// The path of an endpoint that has one: not an abstract name (`@`), nor one that libzmq chooses (`*`).
    static func path(of endpoint: String) -> String? {
        guard endpoint.hasPrefix("ipc://") else { return nil }
        let path = String(endpoint.dropFirst("ipc://".count))
        return path.isEmpty || path == "*" || path.hasPrefix("@") ? nil : path
    }

    /// Looks whether one may listen at `path`: nothing is there, or what a listener that has ended left behind.
    /// - Throws: `TransportError` of kind `.addressInUse` or `.addressUnusable`.
    static func requireFree(_ path: String) throws {
        guard let status = status(path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(
                kind: .addressUnusable, operation: "bind ipc://\(path)", reason: "there is a file that is no socket",
                advice: "choose another path with --bind, or move the file away", code: EEXIST)
        }
        guard try isAlive(path) else { return }
        throw TransportError(code: EADDRINUSE, operation: "bind ipc://\(path)", endpoint: "ipc://\(path)")
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Whether somebody listens.
    private static func isAlive(_ path: String) throws -> Bool {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        // libzmq says that it is too long.
        guard path.utf8.count < room else { return false }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        #if canImport(Glibc)
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw TransportError(code: errno, operation: "look who listens at \(path)") }
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // Busy, or somebody else's: alive too.
        return result == 0 || (errno != ECONNREFUSED && errno != ENOENT)
    }
}
