import CZeroMQ

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The one place where the owner of sockets waits: for any of them, for a `Wakeup`, or for time to pass. Used by the
/// thread that created the sockets. Level triggered: what is left unread is reported again.
package final class Poller {
    package struct Interest: OptionSet, Hashable, Sendable {
        package let rawValue: Int16

        package init(rawValue: Int16) {
            self.rawValue = rawValue
        }

        package static let readable = Interest(rawValue: Int16(ZMQ_POLLIN))
        package static let writable = Interest(rawValue: Int16(ZMQ_POLLOUT))
    }

    /// What a wait found.
    package struct Readiness: Sendable {
        fileprivate var sockets: [(id: ObjectIdentifier, events: Interest)] = []
        /// Whether the wake-up was signalled. It is cleared already: drain every mailbox that shares it.
        package fileprivate(set) var wasWoken = false

        /// Nothing happened: time passed, or a signal handler ran.
        package var isEmpty: Bool { sockets.isEmpty && !wasWoken }

        package func isReadable(_ socket: Socket) -> Bool { events(of: socket).contains(.readable) }

        package func isWritable(_ socket: Socket) -> Bool { events(of: socket).contains(.writable) }

        private func events(of socket: Socket) -> Interest {
            sockets.first { $0.id == ObjectIdentifier(socket) }?.events ?? []
        }
    }

    private let wakeup: Wakeup?
    private var entries: [(socket: Socket, interest: Interest)] = []
    /// One for each entry, then one for the wake-up.
    private var items: [zmq_pollitem_t] = []

    package init(wakeup: Wakeup? = nil) {
        self.wakeup = wakeup
    }

    /// Waits for `interest` of `socket` too, in place of what was said of it before.
    package func watch(_ socket: Socket, for interest: Interest = .readable) {
        forget(socket)
        entries.append((socket, interest))
    }

    /// Stops watching; to be called before a watched socket is closed.
    package func forget(_ socket: Socket) {
        entries.removeAll { $0.socket === socket }
    }

    /// Waits until something is ready, for at most `timeout`; without one, for as long as it takes. Returns early and
    /// empty when a signal interrupts.
    /// - Throws: `TransportError`, of kind `.contextTerminated` after `ZeroMQContext.shutDown()`.
    package func wait(atMost timeout: Duration? = nil) throws -> Readiness {
        fillItems()
        precondition(!items.isEmpty || timeout != nil, "waiting without a time limit for nothing would never end")
        let milliseconds = timeout.map { Int($0.roundedUpMilliseconds) } ?? -1
        guard zmq_poll(&items, Int32(items.count), milliseconds) >= 0 else {
            let code = zmq_errno()
            if code == EINTR { return Readiness() }
            throw TransportError(code: code, operation: "wait for sockets")
        }
        var readiness = Readiness()
        for (entry, item) in zip(entries, items) where item.revents != 0 {
            readiness.sockets.append((ObjectIdentifier(entry.socket), Interest(rawValue: item.revents)))
        }
        if let wakeup, let last = items.last, last.revents != 0 {
            wakeup.clear()
            readiness.wasWoken = true
        }
        return readiness
    }

    private func fillItems() {
        items.removeAll(keepingCapacity: true)
        for entry in entries {
            items.append(
                zmq_pollitem_t(socket: entry.socket.open, fd: 0, events: entry.interest.rawValue, revents: 0))
        }
        if let wakeup {
            items.append(zmq_pollitem_t(socket: nil, fd: wakeup.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        }
    }
}
