import Calls

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Two descriptors that children get only where they are meant to.
struct Pipe {
    let read: Int32
    let write: Int32

    init() throws(FileError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw FileError(.unreadable, "", "no pipe can be opened: \(String(cString: strerror(errno)))")
        }
        // Not for the other children: they would hold it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (read, write) = (ends[0], ends[1])
    }

    func close() {
        closeEnd(read)
        closeEnd(write)
    }
}

func closeEnd(_ descriptor: Int32) {
    _ = close(descriptor)
}
