import Calls
import ProgramSupport
import Synchronization
import Wire

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The two outputs of a command: results on standard output, all else on standard error, with lines at its end that may
/// be drawn again and again. For any thread; lines never mix.
package final class Screen: Sendable {
    package static let shared = Screen()

    /// Whether progress can be drawn in place.
    package let isTerminal: Bool
    /// Whether people read the results.
    package let resultsForPeople: Bool
    /// How many lines there are that will be drawn over.
    private let draft = Mutex(0)

    private init() {
        isTerminal = isatty(STDERR_FILENO) == 1
        resultsForPeople = isatty(STDOUT_FILENO) == 1
    }

    package var tableStyle: Table.Style { resultsForPeople ? .people : .programs }

    /// Columns of the terminal, 80 if unknown.
    package var width: Int { size.width }

    /// Rows of the terminal, 24 if unknown.
    package var height: Int { size.height }

    private var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// A line of results. A reader that has gone away, as with `| head`, ends the program by SIGPIPE.
    /// - Throws: `FileError` when it cannot be written: then the results are not where they should be.
    package func result(_ line: String) throws(FileError) {
        let code = draft.withLock { draft in
            clear(&draft)
            return StandardStreams.write(line.printableLines + "\n", to: STDOUT_FILENO)
        }
        guard code == 0 else {
            throw FileError(
                .unwritable, "standard output",
                "the results cannot be written to standard output: \(String(cString: strerror(code))); "
                    + "send them to another file or program")
        }
    }

    /// A line for people that stays.
    package func note(_ line: String) {
        draft.withLock { draft in
            clear(&draft)
            write(STDERR_FILENO, line.printableLines + "\n")
        }
    }

    /// Draws the line at the end anew; nothing happens when that is no terminal.
    package func draw(_ line: String) { draw([line]) }

    /// Draws the lines at the end anew, none of them wider than the terminal.
    package func draw(_ lines: [String]) {
        guard isTerminal else { return }
        draft.withLock { draft in
            write(STDERR_FILENO, Self.erase(draft) + lines.map(\.printable).joined(separator: "\n"))
            draft = lines.count
        }
    }

    /// Takes the lines at the end away.
    package func clear() { draft.withLock { clear(&$0) } }

    private func clear(_ draft: inout Int) {
        if draft > 0 { write(STDERR_FILENO, Self.erase(draft)) }
        draft = 0
    }

    /// Back to the beginning of so many lines, and all from there on erased.
    private static func erase(_ lines: Int) -> String {
        "\r" + (lines > 1 ? "\u{1b}[\(lines - 1)A" : "") + "\u{1b}[J"
    }

    /// What goes wrong here nobody can be told.
    private func write(_ descriptor: Int32, _ text: String) {
        _ = StandardStreams.write(text, to: descriptor)
    }
}
