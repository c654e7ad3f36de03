import Transport
import UnixSignals

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What asks a program to stop in good order: SIGTERM, Ctrl-C, the end of its terminal (SIGHUP) and, where that is wanted,
/// the end of its standard input. Each counts once more for somebody who does not want to wait, except that a terminal or a
/// parent that has gone asks for nothing when the program is stopping already.
package struct StopRequests: Sendable {
    private enum Source: Sendable {
        case signal(UnixSignal)
        case endOfInput

        var showsImpatience: Bool {
            switch self {
            case .signal(let signal): signal != .sighup
            case .endOfInput: false
            }
        }
    }

    private let sources: AsyncStream<Source>

    /// Listens from now on.
    /// - Parameter watchesInput: whether the end of standard input is a request. What comes before it is thrown away.
    /// - Throws: `TransportError` when the system gives no thread for that.
    package init(watchesInput: Bool = false) async throws {
        let (sources, post) = AsyncStream<Source>.makeStream()
        self.sources = sources
        // `nohup` ignores the end of the terminal on purpose.
        let wanted: [UnixSignal] = [.sigterm, .sigint] + (Self.isHangupIgnored ? [] : [.sighup])
        let signals = await UnixSignalsSequence(trapping: wanted)
        let listening = Task { for await signal in signals { post.yield(.signal(signal)) } }
        post.onTermination = { _ in listening.cancel() }
        if watchesInput {
            _ = try SocketThread(name: "grove-input") {
                Self.waitForEndOfInput()
                post.yield(.endOfInput)
            }
        }
    }

    /// Calls `body` for each request, until the task is cancelled.
    /// - Parameter body: is told whether it is the first one.
    package func forEach(_ body: (_ isFirst: Bool) -> Void) async {
        var isFirst = true
        for await source in sources where isFirst || source.showsImpatience {
            body(isFirst)
            isFirst = false
        }
    }

    private static var isHangupIgnored: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
        let handler = action.__sigaction_handler.sa_handler
        #else
        let handler = action.__sigaction_u.__sa_handler
        #endif
        // C functions have no ==, and SIG_IGN is a number in the place of one.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func waitForEndOfInput() {
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count > 0 || (count < 0 && errno == EINTR) else { return }
        }
    }
}
