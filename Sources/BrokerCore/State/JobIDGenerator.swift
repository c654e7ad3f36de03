import Wire

/// Makes ids that sort in the order in which they were made, even within a millisecond, when the clock goes back, shows a
/// time before 1970, and after a restart.
struct JobIDGenerator: Sendable {
    private var milliseconds: Int64
    private var random: UInt32

    /// - Parameter newest: the greatest id that was given out so far.
    init(after newest: JobID? = nil) {
        milliseconds = newest?.milliseconds ?? JobID.times.lowerBound
        random = newest?.random ?? JobID.randomRange.lowerBound
    }

    mutating func next(nowMS: Int64) -> JobID {
        let nowMS = min(nowMS, JobID.times.upperBound)
        if nowMS > milliseconds {
            milliseconds = nowMS
            // The lower half leaves room to count up.
            random = .random(in: 0..<(JobID.randomRange.upperBound / 2))
        } else if random + 1 < JobID.randomRange.upperBound {
            random += 1
        } else {
            milliseconds += 1
            random = 0
        }
        return JobID(milliseconds: milliseconds, random: random)
    }
}
