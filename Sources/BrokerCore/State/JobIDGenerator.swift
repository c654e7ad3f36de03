import Wire

/// Makes ids that sort in the order in which they were made, even within a millisecond and when the clock goes back.
struct JobIDGenerator: Sendable {
    private var milliseconds: Int64 = 0
    private var random: UInt32 = 0

    mutating func next(nowMS: Int64) -> JobID {
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
