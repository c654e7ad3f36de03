import JobStore
import Logging
import Synchronization
import Transport
import Wire

/// A running broker: a store, a socket, and the thread that owns both.
package final class BrokerServer: Sendable {
    /// Where it listens, with the real port.
    package let endpoint: String
    private let thread: SocketThread
    private let checker: SocketThread?
    private let wakeup: Wakeup
    private let shared: Shared

    /// What the thread and its owner both see.
    private final class Shared: Sendable {
        let isStopping = Atomic(false)
        let started = Mutex<Result<String, any Error>?>(nil)
        let failure = Mutex<(any Error)?>(nil)
    }

    /// Starts a broker on a directory. Returns when it serves.
    ///
    /// - Parameters:
    ///   - startsEmpty: whether files that no database explains are moved aside, instead of refused.
    ///   - endpoint: `tcp://127.0.0.1:7741`; port `0` or `*` takes a free one.
    ///   - allowsNetwork: whether anybody who can reach the port may do anything, which is what listening beyond this
    ///     machine means while there are no keys.
    /// - Throws: `StoreError`, `TransportError`, or `RPCError` FAILED_PRECONDITION for an endpoint that is not this
    ///   machine's alone.
    package init(
        directory: String, endpoint: String, settings: BrokerSettings = BrokerSettings(), allowsNetwork: Bool = false,
        startsEmpty: Bool = false, log: Logger
    ) throws {
        guard try Endpoint(endpoint).isReachable else {
            throw RPCError(
                .invalidArgument,
                "nobody could connect to '\(endpoint)'; bind to tcp://host:port or ipc://path, such as tcp://127.0.0.1:7741"
            )
        }
        guard try allowsNetwork || Endpoint(endpoint).isLoopback else {
            throw RPCError(
                .failedPrecondition,
                "anybody who can reach \(endpoint) could use this broker, since there are no keys yet; bind to "
                    + "127.0.0.1, or say --allow-unauthenticated-network in a network you trust")
        }
        MessageMemory.returnWhenDone()
        try Self.makeRoomForConnections(log)
        let wakeup = try Wakeup()
        let shared = Shared()
        let store = try JobStore(directory: directory, startsEmpty: startsEmpty)
        if let aside = store.setAside {
            log.notice("what was in \(directory) is now in \(aside); this broker begins with nothing")
        }
        for path in store.readableByOthers {
            log.warning("other users of this machine can read \(path); make it private")
        }
        if !store.wasStoppedCleanly {
            log.notice("the last broker on \(directory) was not stopped; looking through the database beside the work")
        }
        let ready = Gate()
        thread = try SocketThread(name: "grove-broker") {
            Self.run(store, endpoint, settings, log, wakeup, shared, ready)
        }
        ready.wait()
        do {
            guard let started = shared.started.withLock({ $0 }) else {
                preconditionFailure("the broker's thread opened the gate without a word")
            }
            self.endpoint = try started.get()
        } catch {
            thread.join()
            throw error
        }
        self.wakeup = wakeup
        self.shared = shared
        checker = store.wasStoppedCleanly ? nil : try Self.check(store, wakeup, shared, log)
    }

    /// Each connection takes a descriptor, and the usual limit of 1024 is soon reached.
    private static func makeRoomForConnections(_ log: Logger) throws {
        let wanted = 2 * SessionTable.maximumSessions
        let limit = try DescriptorLimit.raise(to: wanted)
        guard limit < wanted else { return }
        log.notice("there may be \(limit) files and connections; raise the limit (ulimit -n) for more peers")
    }

    /// Looks for damage while the broker serves already: a start must not take as long as reading everything does.
    private static func check(
        _ store: JobStore, _ wakeup: Wakeup, _ shared: Shared, _ log: Logger
    ) throws -> SocketThread {
        try SocketThread(name: "grove-check") {
            do {
                if try store.check() { log.info("the database is whole") }
            } catch {
                log.critical("the broker cannot go on: \(error)")
                shared.failure.withLock { $0 = error }
                shared.isStopping.store(true, ordering: .releasing)
                wakeup.signal()
            }
        }
    }

    /// The body of the thread: sockets are made, used and closed on it.
    private static func run(
        _ store: JobStore, _ endpoint: String, _ settings: BrokerSettings, _ log: Logger, _ wakeup: Wakeup,
        _ shared: Shared, _ ready: Gate
    ) {
        do {
            let loop: BrokerLoop
            do {
                let broker = try Broker(store: store, settings: settings, now: BrokerLoop.now)
                let router = try Router(try ZeroMQContext(), options: BrokerLoop.socketOptions)
                let bound = try router.bind(endpoint)
                loop = BrokerLoop(router: router, wakeup: wakeup, broker: broker, log: log)
                shared.started.withLock { $0 = .success(bound) }
            } catch {
                shared.started.withLock { $0 = .failure(error) }
                ready.open()
                return try store.close()
            }
            ready.open()
            try loop.run { shared.isStopping.load(ordering: .acquiring) }
            try store.close()
            log.info("stopped")
        } catch {
            log.critical("the broker cannot go on: \(error)")
            shared.failure.withLock { $0 = error }
        }
    }

    /// Asks it to stop; for any thread.
    package func stop() {
        shared.isStopping.store(true, ordering: .releasing)
        wakeup.signal()
    }

    /// Blocks until it has stopped.
    /// - Throws: why it could not go on, when it was not asked to stop.
    package func wait() throws {
        thread.join()
        checker?.join()
        if let failure = shared.failure.withLock({ $0 }) { throw failure }
    }
}
