import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The two outputs of a command: results on standard output, all else on standard error, with one line at its end that
/// may be drawn again and again. For any thread; lines never mix.
package final class Screen: Sendable {
    package static let shared = Screen()

    /// Whether progress can be drawn in place.
    package let isTerminal: Bool
    /// Whether people read the results.
    package let resultsForPeople: Bool
    /// Whether there is a line that will be drawn over.
    private let hasDraft = Mutex(false)

    private init() {
        isTerminal = isatty(STDERR_FILENO) == 1
        resultsForPeople = isatty(STDOUT_FILENO) == 1
    }

    package var tableStyle: Table.Style { resultsForPeople ? .people : .programs }

    /// Columns of the terminal, 80 if unknown.
    package var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// A line of results.
    package func result(_ line: String) {
        hasDraft.withLock { hasDraft in
            clear(&hasDraft)
            write(STDOUT_FILENO, line + "\n")
        }
    }

    /// A line for people that stays.
    package func note(_ line: String) {
        hasDraft.withLock { hasDraft in
            clear(&hasDraft)
            write(STDERR_FILENO, line + "\n")
        }
    }

    /// Draws the line at the end anew; nothing happens when that is no terminal.
    package func draw(_ line: String) {
        guard isTerminal else { return }
        hasDraft.withLock { hasDraft in
            write(STDERR_FILENO, "\r\u{1b}[K" + line)
            hasDraft = true
        }
    }

    /// Takes the line at the end away.
    package func clear() { hasDraft.withLock { clear(&$0) } }

    private func clear(_ hasDraft: inout Bool) {
        if hasDraft { write(STDERR_FILENO, "\r\u{1b}[K") }
        hasDraft = false
    }

    /// A reader that has gone away, as with `| head`, ends the program by SIGPIPE; other failures have nobody to be told.
    private func write(_ descriptor: Int32, _ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
