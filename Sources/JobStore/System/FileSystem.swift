#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few system calls that durable files need, with errors in words.
enum FileSystem {
    /// The error for the `errno` of the call before.
    static func error(_ verb: String, _ path: String, code: Int32 = errno) -> StoreError {
        let reason = String(cString: strerror(code))
        if code == ENOSPC || code == EDQUOT {
            return StoreError(
                kind: .diskFull, message: "the disk of the broker is full; make room and try again (\(verb) \(path))")
        }
        let advice =
            code == EMFILE || code == ENFILE
            ? "raise the limit on open files (ulimit -n, LimitNOFILE)" : "look after the broker's directory"
        return StoreError(kind: .file, message: "cannot \(verb) \(path): \(reason); \(advice)")
    }

    /// The error for an fsync that failed: what the kernel still holds is not what the disk has, so it is final.
    static func notDurable(_ path: String) -> StoreError {
        let reason = String(cString: strerror(errno))
        return StoreError(
            kind: .system, message: "cannot make \(path) durable: \(reason); look after the disk and start again")
    }

    /// Creates `path` and what is missing above it, and makes the new names durable.
    static func createDirectory(_ path: String) throws {
        if isDirectory(path) { return }
        let parent = parent(of: path)
        if parent != path { try createDirectory(parent) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw error("create the directory", path) }
        try synchronizeDirectory(parent)
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is anything under this name.
    static func exists(_ path: String) throws -> Bool {
        var status = stat()
        if lstat(path, &status) == 0 { return true }
        guard errno == ENOENT else { throw error("look at", path) }
        return false
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The size of a regular file; `nil` when there is none. Links are not followed.
    static func size(of path: String) throws -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw error("look at", path)
        }
        return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
    }

    /// When a file was last written, in milliseconds since 1970; `nil` when it is gone.
    static func modifiedMS(of path: String) throws -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw error("look at", path)
        }
        return milliseconds(status.st_mtim)
    }

    /// A file system may hold any number; one that does not fit in milliseconds becomes the nearest that does.
    static func milliseconds(_ time: timespec) -> Int64 {
        let bound = Int64.max / 1000 - 1
        return min(max(Int64(time.tv_sec), -bound), bound) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The names in a directory.
    static func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else { throw error("read the directory", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes the names in a directory durable: without it a crash can undo a rename.
    static func synchronizeDirectory(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("open the directory", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw notDurable(path) }
    }

    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw error("remove", path) }
    }

    /// Removes a folder of our own with all that is in it; links in it, and not what they lead to.
    static func removeTree(_ path: String) throws {
        for name in try names(in: path).map({ "\(path)/\($0)" }) {
            var status = stat()
            guard lstat(name, &status) == 0 else { throw error("look at", name) }
            if status.st_mode & S_IFMT == S_IFDIR { try removeTree(name) } else { try remove(name) }
        }
        guard rmdir(path) == 0 else { throw error("remove", path) }
    }

    static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw error("rename to", target) }
    }

    /// Gives a file a second name, or copies it where that is on another file system.
    static func link(_ path: String, to target: String) throws {
        if Self.systemLink(path, target) == 0 { return }
        guard errno == EXDEV || errno == EPERM || errno == EMLINK else { throw error("link to", target) }
        let (source, copy) = (try File(path, .reading), try File(target, .writing))
        var offset: Int64 = 0
        while case let bytes = try source.read(at: offset, count: 1 << 20), !bytes.isEmpty {
            try copy.write(bytes, at: offset)
            offset += Int64(bytes.count)
        }
        try copy.synchronize()
    }

    private static func systemLink(_ path: String, _ target: String) -> Int32 {
        #if canImport(Glibc)
        Glibc.link(path, target)
        #else
        Darwin.link(path, target)
        #endif
    }

    /// Bytes that this user may still write on the file system of `path`.
    static func freeBytes(at path: String) throws -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw error("look at the file system of", path) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
