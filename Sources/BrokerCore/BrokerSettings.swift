import Wire

/// What can be chosen about a broker.
package struct BrokerSettings: Sendable {
    /// How long a job stays with a worker that is not heard.
    package var lease = Duration.seconds(15)
    /// What peers are told: PING after so much idle time, and give up after so much silence.
    package var heartbeatInterval = Duration.seconds(5)
    package var heartbeatTimeout = Duration.seconds(15)
    /// A session is forgotten after so many time-outs of silence: the broker is the patient side, so that its peer is the
    /// one that notices.
    package var sessionTimeouts = 2
    /// How often a job's worker may fall silent before the job fails.
    package var maximumLosses = 5
    /// How long a `Work/Take` without deadline waits.
    package var longestTake = Duration.seconds(60)
    /// More waiting jobs than this are refused.
    package var maximumWaitingJobs = 100_000
    /// Drawn anew at each start, so that peers notice one.
    package var serverEpoch: [UInt8] = (0..<8).map { _ in .random(in: .min ... .max) }
    package var software = "grove-broker \(Software.version)"

    package init() {}

    var sessionTimeout: Duration { heartbeatTimeout * sessionTimeouts }
}
