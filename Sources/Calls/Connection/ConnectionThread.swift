import Transport
import Wire

/// The loop that owns the socket: it feeds the engine and does what the engine says. Everything here happens on one
/// thread.
final class ConnectionThread {
    enum Command: Sendable {
        case open(CallRequest, any CallSink)
        case cancel(CallID)
        case took(Int, bytes: Int, of: CallID)
        case lookedUp(String?)
        case close
    }

    private let context: ZeroMQContext
    private let endpoint: String
    private let mailbox: Mailbox<Command>
    private let poller: Poller
    private let onEvent: @Sendable (ConnectionEvent) -> Void

    private var engine: CallEngine
    private var dealer: Dealer?
    /// Messages that the socket has not taken yet, oldest first; each open call and the engine have at most a few here.
    private var outbox: [WireMessage] = []
    private var sinks: [CallID: any CallSink] = [:]
    private var isStopped = false
    private var isLookingUp = false

    init(
        context: ZeroMQContext, wakeup: Wakeup, mailbox: Mailbox<Command>, settings: CallEngine.Settings,
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void
    ) {
        (self.context, self.mailbox, self.onEvent) = (context, mailbox, onEvent)
        endpoint = settings.endpoint
        poller = Poller(wakeup: wakeup)
        engine = CallEngine(settings, now: MonotonicClock.now)
    }

    /// Runs until closed.
    func run() {
        while !isStopped {
            do {
                try turn()
            } catch {
                perform(engine.linkFailed("\(error)", now: MonotonicClock.now))
            }
        }
        // Whoever came too late is told so too.
        for command in mailbox.close() {
            if case .open(_, let sink) = command { sink.finish(.failure(CallEngine.closedError)) }
        }
    }

    private func turn() throws {
        perform(engine.tick(now: MonotonicClock.now))
        if isStopped { return }
        try flush()
        if let dealer { poller.watch(dealer, for: outbox.isEmpty ? .readable : [.readable, .writable]) }
        let ready = try poller.wait(atMost: engine.nextDeadline.map { max(.zero, $0 - MonotonicClock.now) })
        if ready.wasWoken {
            for command in mailbox.drain() { handle(command) }
        }
        let hasEnded = try dealer?.monitor?.hasEnded() ?? false
        // A bounded number, so that timers and commands get their turn.
        for _ in 0..<256 {
            guard let incoming = try dealer?.receive() else { break }
            switch incoming {
            case .message(let frames): perform(engine.receive(frames: frames, now: MonotonicClock.now))
            case .oversized: onEvent(.ignored(what: "a message beyond the limits of the protocol"))
            }
        }
        // After what had come before it.
        if hasEnded { perform(engine.connectionEnded(now: MonotonicClock.now)) }
    }

    private func handle(_ command: Command) {
        let now = MonotonicClock.now
        switch command {
        case .open(let request, let sink):
            sinks[request.id] = sink
            perform(engine.open(request, now: now))
        case .cancel(let id):
            sinks[id] = nil
            perform(engine.cancel(id, now: now))
        case .took(let count, let bytes, let id): perform(engine.took(count, bytes: bytes, of: id, now: now))
        case .lookedUp(let problem):
            isLookingUp = false
            engine.hostLookedUp(problem)
        case .close: perform(engine.close(now: now))
        }
    }

    private func perform(_ actions: [EngineAction]) {
        for action in actions {
            switch action {
            case .connect: connect()
            case .disconnect: disconnect()
            case .send(let message): outbox.append(message)
            case .deliver(let id, let answer): sinks[id]?.deliver(answer)
            case .restart(let id): sinks[id]?.restart()
            case .finish(let id, let result): sinks.removeValue(forKey: id)?.finish(result)
            case .report(let event): onEvent(event)
            case .stop: isStopped = true
            }
        }
    }

    private func connect() {
        do {
            var options = SocketOptions()
            // The engine makes a new socket when a greeting fails; until then libzmq tries again by itself.
            options.reconnect = .milliseconds(50)...(.milliseconds(500))
            let dealer = try Dealer(context, options: options)
            try dealer.connect(endpoint)
            self.dealer = dealer
            if let monitor = dealer.monitor { poller.watch(monitor) }
            try lookUpHost()
        } catch {
            perform(engine.linkFailed("\(error)", now: MonotonicClock.now))
        }
    }

    /// On a thread of its own: a resolver may take its time.
    private func lookUpHost() throws {
        guard !isLookingUp, let host = try Endpoint(endpoint).hostName else { return }
        _ = try SocketThread(name: "grove-lookup") { [mailbox] in
            mailbox.post(.lookedUp(HostLookup.problem(with: host)))
        }
        isLookingUp = true
    }

    private func disconnect() {
        outbox = []
        guard let dealer else { return }
        poller.forget(dealer)
        if let monitor = dealer.monitor { poller.forget(monitor) }
        dealer.close()
        self.dealer = nil
    }

    private func flush() throws {
        guard let dealer, !outbox.isEmpty else { return }
        var sent = 0
        defer { outbox.removeFirst(sent) }
        while sent < outbox.count, try dealer.send(outbox[sent].frames) == .sent { sent += 1 }
    }
}
