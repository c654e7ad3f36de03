#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard input, output and error of this process.
package enum StandardStreams {
    /// To be called first in a program. One that was started without a stream (`>&-`) would give the stream's number to
    /// the next file or socket that it opens, and write its messages into that. A placeholder takes the number instead,
    /// opened the wrong way round, so that using the stream still fails.
    package static func reserveMissing() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one: those below it are taken by now.
            _ = open("/dev/null", mode)
        }
    }

    /// Lets a daemon outlive whoever reads what it writes: a pipe without a reader is then a failure of `write`, not the end
    /// of the process.
    package static func outliveReaders() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Writes all of `text`.
    /// - Returns: 0, or the `errno` of what went wrong.
    package static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            bytes = bytes.dropFirst(count)
        }
        return 0
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
