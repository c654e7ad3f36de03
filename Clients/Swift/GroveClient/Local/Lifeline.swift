import Calls

/// Tells children that the processes which hold it have ended, however that came about: a pipe that nobody writes into.
/// The children read it as their standard input; it ends with its last holder, which is this process and every child that
/// was started with it to hold.
package final class Lifeline: Sendable {
    let pipe: Pipe

    package init() throws(FileError) {
        pipe = try Pipe()
    }

    deinit { pipe.close() }
}
