import Transport
import Wire

/// All that a broker keeps in memory: a value, so that a turn whose transaction fails can be taken back whole.
struct BrokerState: Sendable {
    var sessions = SessionTable()
    var leases = LeaseTable()
    var takes = ParkedTakes()
    var streams = StreamTable()
    var jobIDs = JobIDGenerator()
    var queue = QueueState()
    /// Whether a job or a taker may have come since jobs were last given out.
    var mayAssign = false

    /// Forgets a connection and its open calls. Its jobs stay with their worker until the lease is over.
    mutating func drop(_ peer: PeerID) {
        sessions.end(peer)
        takes.removeAll(of: peer)
        streams.removeAll(of: peer)
    }

    /// For so long nobody could be heard, so it counts as nobody's silence. When it was long enough for peers to give the
    /// broker up, they look for it only now and then by now, as after a restart.
    mutating func forgive(_ time: Duration, _ settings: BrokerSettings, now: Duration) {
        sessions.forgive(time)
        let isGivenUp = time >= settings.heartbeatTimeout - settings.heartbeatInterval
        leases.forgive(time, reunion: isGivenUp ? now + settings.adoption : nil)
    }

    /// The job's state changed; its watchers and readers will see it.
    mutating func jobChanged(_ jobID: String) {
        streams.touch(jobID)
        mayAssign = true
    }

    /// The next instant at which time alone makes something happen.
    func nextDeadline(_ settings: BrokerSettings) -> Duration? {
        [
            sessions.nextSilence(after: settings.sessionTimeout), leases.nextDeadline, takes.nextDeadline,
            streams.nextDeadline, queue.timer, leases.isEmpty ? nil : queue.nextProbe,
        ].compactMap { $0 }.min()
    }
}
