#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a daemon prints. A disk that is full, or a reader that has gone away, costs the line and never the daemon.
package enum DaemonOutput {
    /// From now on a pipe without a reader is an error of the write, not the end of the process; for everything that the
    /// process writes to.
    package static func outliveReaders() {
        signal(SIGPIPE, SIG_IGN)
    }

    package static func print(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    package static func log(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                #if canImport(Glibc)
                let put = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                #else
                let put = Darwin.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                #endif
                if put < 0 && errno != EINTR { return }
                done += max(put, 0)
            }
        }
    }
}
