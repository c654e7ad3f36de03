import JobStore
import Wire

/// Removes what nobody needs any more: results whose time is over, blobs that nothing names. A step a turn and some
/// seconds between rounds, so that it is never felt.
struct Retention: Sendable {
    private enum Stage: Sendable {
        case jobs(after: Int64)
        case blobs(after: String)
        /// Files that have no row: their upload, or their removal, was cut off.
        case files(folder: UInt8)
    }

    private var stage = Stage.jobs(after: 0)
    /// When the next step is due, on the monotonic clock.
    private(set) var nextStep: Duration

    private static let stepLimit = 200
    /// Between two steps of a round, and between two rounds.
    private static let stepPause = Duration.milliseconds(20)
    /// A blob that nothing names yet may belong to a job that is still to be submitted, or to an outcome under way.
    static let orphanAge = Duration.seconds(24 * 3600)

    init(firstRound: Duration) {
        nextStep = firstRound
    }

    /// Does a step if one is due.
    /// - Returns: the blobs whose files are to be removed after the commit.
    mutating func step(_ context: ServiceContext) throws -> [String] {
        guard nextStep <= context.now.monotonic else { return [] }
        nextStep = context.now.monotonic + Self.stepPause
        switch stage {
        case .jobs(let after):
            let jobs = try context.batch.jobsWithFiles(after: after, limit: Self.stepLimit)
            for job in jobs { try expire(job, context) }
            stage = jobs.last.map { .jobs(after: $0.number) } ?? .blobs(after: "")
            return []
        case .blobs(let after):
            let (forgotten, next) = try context.batch.forgetBlobs(
                after: after, createdBeforeMS: orphansBefore(context), limit: Self.stepLimit)
            stage = next.map { .blobs(after: $0) } ?? .files(folder: 0)
            return forgotten
        case .files(let folder):
            let digits = Hexadecimal.text([folder])
            let files = try context.blobs.hashes(beginningWith: digits, createdBeforeMS: orphansBefore(context))
            if folder < .max {
                stage = .files(folder: folder + 1)
            } else {
                stage = .jobs(after: 0)
                nextStep = context.now.monotonic + context.settings.sweepInterval
            }
            return try files.filter { try context.batch.blobSize($0) == nil }
        }
    }

    private func expire(_ job: JobRecord, _ context: ServiceContext) throws {
        guard job.state.isTerminal else { return }
        // One that did not succeed can be tried again.
        if job.state == .succeeded { try context.batch.releaseInputs(of: job) }
        guard let end = try resultsEnd(job, context.settings), end <= context.now.wallMS else { return }
        try context.batch.releaseInputs(of: job)
        try context.batch.removeResults(of: job, nowMS: context.now.wallMS)
    }

    /// What a job was told that cannot be read any more may have been to keep its results.
    private func resultsEnd(_ job: JobRecord, _ settings: BrokerSettings) throws -> Int64? {
        do {
            return Self.resultsEnd(job, try Grove_V1_Terms(stored: job.terms), settings)
        } catch {
            return nil
        }
    }

    /// When what an ended job left behind is removed, in milliseconds since 1970; `nil` for never.
    static func resultsEnd(_ job: JobRecord, _ terms: Grove_V1_Terms, _ settings: BrokerSettings) -> Int64? {
        guard terms.hasKeepResultsMs else {
            return settings.resultsTimeToLive.map { job.finishedMS.addingClamped($0.milliseconds) }
        }
        return terms.keepResultsMs == 0 ? nil : job.finishedMS.addingClamped(Int64(clamping: terms.keepResultsMs))
    }

    private func orphansBefore(_ context: ServiceContext) -> Int64 {
        context.now.wallMS.subtractingClamped(Self.orphanAge.milliseconds)
    }
}
