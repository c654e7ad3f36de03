import Wire

/// Whether, and how soon, a failed attempt is followed by another.
struct RetryPolicy: Hashable, Sendable {
    /// How often, unless the job says otherwise.
    let retries: Int
    /// The pause after the first failure; it doubles with each.
    let first: Duration
    let longest: Duration

    /// Short jobs are tried again soon, for somebody waits; training has hours and blocks a slot for as long.
    init(_ slot: Grove_V1_SlotKind?) {
        switch slot {
        case .training: (retries, first, longest) = (3, .seconds(30), .seconds(600))
        default: (retries, first, longest) = (3, .seconds(2), .seconds(60))
        }
    }

    /// Whether a failure with this code may pass: those that tell of the machine or of chance. What is wrong with the
    /// job itself, as a training whose loss is no number, fails the same way again.
    static func mayPass(_ code: StatusCode) -> Bool {
        switch code {
        case .unavailable, .resourceExhausted, .dataLoss, .internal, .unknown: true
        default: false
        }
    }

    /// The pause after the `failure`-th failure of a job, counted from 1: doubled each time, and up to a fifth shorter or
    /// longer, so that jobs that failed together do not come back together.
    func pause(after failure: Int, job: Int64) -> Duration {
        let doublings = min(max(failure, 1), 21) - 1
        let pause = min(first * (1 << doublings), longest)
        let share =
            Double(Self.scramble(UInt64(bitPattern: job) &* 31 &+ UInt64(bitPattern: Int64(failure))) >> 11)
            / Double(1 << 53)
        return pause * (0.8 + 0.4 * share)
    }

    /// SplitMix64's finaliser: the same for the same job and failure, and looks like chance.
    private static func scramble(_ value: UInt64) -> UInt64 {
        var bits = value &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
