import JobStore
import Wire

/// What ends or interrupts an attempt although its worker lives.
struct RunLimits: Hashable, Sendable {
    /// How long its progress may stand still.
    let noProgress: Duration
    /// When it has been computed for too long, on the monotonic clock; `nil` for never.
    let runtimeEnd: Duration?
    /// The times of the day at which it may run; `nil` for any.
    let window: DayWindow?

    /// - Parameters:
    ///   - ranMS: how long earlier attempts took, all together.
    ///   - startedMS: when this one began.
    init(_ terms: Grove_V1_Terms, ranMS: Int64, startedMS: Int64, _ settings: BrokerSettings, now: Now) {
        noProgress = terms.noProgressMs > 0 ? .milliseconds(Int64(clamping: terms.noProgressMs)) : settings.noProgress
        if terms.maxRuntimeMs > 0 {
            let used = ranMS.addingClamped(max(0, now.wallMS.subtractingClamped(startedMS)))
            runtimeEnd = now.monotonic + .milliseconds(Int64(clamping: terms.maxRuntimeMs).subtractingClamped(used))
        } else {
            runtimeEnd = nil
        }
        window = DayWindow(terms)
    }

    /// Whether it must not run now. People mean the clock on the wall, which goes on while a machine sleeps, and can be
    /// set: so this is asked at each heartbeat, not worked out once.
    func isOutsideWindow(at wallMS: Int64, _ time: LocalTime) -> Bool {
        window.map { !$0.isOpen(at: wallMS, time) } ?? false
    }
}
