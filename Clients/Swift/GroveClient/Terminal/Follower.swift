/// Decides what is shown of a job that is followed: on a terminal one line, under a curve of the loss where there is one,
/// drawn again and again, elsewhere a plain line at each change of state or stage and now and then in between.
package struct Follower {
    package enum Output: Hashable, Sendable {
        /// Draw over the lines that are there.
        case redraw([String])
        /// A line of its own that stays.
        case line(String)
    }

    private let isTerminal: Bool
    /// Between plain lines of the same stage.
    private let pause: Duration
    private var state: JobState?
    private var stage = ""
    private var lastShown: Duration?

    package init(isTerminal: Bool, pause: Duration = .seconds(30)) {
        (self.isTerminal, self.pause) = (isTerminal, pause)
    }

    /// What to show now that the job has become `job`; the end of a job is not for here to tell.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal.
    ///   - height: its rows.
    package mutating func show(_ job: Job, width: Int, height: Int = 24, now: Duration) -> Output? {
        defer { (state, stage) = (job.state, job.progress.stage) }
        guard !job.state.isTerminal else { return nil }
        if isTerminal {
            // Leave the last column free, or some terminals begin a new line.
            let line = ProgressLine.text(job, width: max(20, width - 1), bar: width < 100 ? 10 : 20)
            // A curve that does not fit with the line below it would scroll away at each update.
            let hasRoom = height > CurveText.height + 3
            return .redraw((hasRoom ? CurveText.lines(job.progress.lossCurve, width: width - 1) : []) + [line])
        }
        let isNew = state != job.state || stage != job.progress.stage
        guard isNew || lastShown.map({ now - $0 >= pause }) ?? true else { return nil }
        lastShown = now
        return .line("\(job.id)  \(ProgressLine.text(job, width: 400, bar: 0))")
    }
}
