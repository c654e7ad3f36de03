import Wire

/// What can be chosen about a broker.
package struct BrokerSettings: Sendable {
    /// How long a job stays with a worker that is not heard.
    package var lease = Duration.seconds(15)
    /// How long the workers of running jobs have to be heard after a restart, where a lease is shorter: one that lost its
    /// broker for long looks for it only now and then.
    package var shortestAdoption = Duration.seconds(15)
    /// What peers are told: PING after so much idle time, and give up after so much silence.
    package var heartbeatInterval = Duration.seconds(5)
    package var heartbeatTimeout = Duration.seconds(15)
    /// A session is forgotten after so many time-outs of silence: the broker is the patient side, so that its peer is the
    /// one that notices.
    package var sessionTimeouts = 2
    /// A job under which so many workers died, without a checkpoint between, is not tried again.
    package var maximumLosses = 3
    /// How long the progress of an attempt may stand still, unless its job says otherwise.
    package var noProgress = Duration.seconds(30 * 60)
    /// How often workers that have jobs are sent a PING, for only sending shows that a connection is gone.
    package var probeInterval = Duration.milliseconds(500)
    /// How long a worker whose connection is gone has to come back before its jobs go to others.
    package var reconnectGrace = Duration.seconds(1)
    /// Limits on what runs at a time.
    package var caps = Caps()
    /// For each so long that it waits, a job counts as one priority higher; zero for never.
    package var ageing = Duration.seconds(30 * 60)
    /// How long a job may be overtaken by younger ones of its user whose model a worker has loaded.
    package var affinityPatience = Duration.seconds(10)
    /// How long a job that may not take another worker's jobs with it once more waits for one that has none.
    package var solitudePatience = Duration.seconds(5 * 60)
    /// The time zone of windows.
    package var localTime = LocalTime.system
    /// How long a `Work/Take` without deadline waits.
    package var longestTake = Duration.seconds(60)
    /// More waiting jobs than this are refused.
    package var maximumWaitingJobs = 2_000_000
    /// Bytes of the disk that are set aside for the ends of jobs, and how often to look for room when it is full.
    package var diskReserveBytes: Int64 = 32 << 20
    package var diskPatience = Duration.seconds(2)
    /// How long after a job's end its results are kept; `nil` for good.
    package var resultsTimeToLive: Duration?
    /// How often to look for what nobody needs any more.
    package var sweepInterval = Duration.seconds(600)
    /// Bytes that all files together may have before inputs are refused; `nil` for as many as the disk takes.
    package var quotaBytes: Int64?
    /// The folder that backups are made in, as an absolute path; `nil` for `backups` in the broker's own.
    package var backups: String?
    /// Drawn anew at each start, so that peers notice one.
    package var serverEpoch: [UInt8] = (0..<8).map { _ in .random(in: .min ... .max) }
    package var software = "grove-broker \(Software.version)"

    package init() {}

    var adoption: Duration { max(lease, shortestAdoption) }

    var sessionTimeout: Duration { heartbeatTimeout * sessionTimeouts }

    var scheduler: Scheduler {
        Scheduler(caps: caps, ageing: ageing, patience: affinityPatience, solitude: solitudePatience)
    }
}
