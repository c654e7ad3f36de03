import JobStore
import Wire

/// What ends or interrupts an attempt although its worker lives, on the monotonic clock.
struct RunLimits: Hashable, Sendable {
    /// How long its progress may stand still.
    let noProgress: Duration
    /// When it has been computed for too long; `nil` for never.
    let runtimeEnd: Duration?
    /// When its window closes; `nil` for never.
    let windowEnd: Duration?

    /// - Parameters:
    ///   - ranMS: how long earlier attempts took, all together.
    ///   - startedMS: when this one began.
    init(_ terms: Grove_V1_Terms, ranMS: Int64, startedMS: Int64, _ settings: BrokerSettings, now: Now) {
        noProgress = terms.noProgressMs > 0 ? .milliseconds(Int64(clamping: terms.noProgressMs)) : settings.noProgress
        if terms.maxRuntimeMs > 0 {
            let used = max(0, ranMS).adding(max(0, now.wallMS.subtracting(startedMS)))
            runtimeEnd = now.monotonic + .milliseconds(Int64(clamping: terms.maxRuntimeMs) - used)
        } else {
            runtimeEnd = nil
        }
        windowEnd = DayWindow(terms).map { window in
            // One that closed while the broker was away.
            guard window.isOpen(at: now.wallMS, settings.localTime) else { return now.monotonic }
            return now.monotonic + .milliseconds(window.closing(after: now.wallMS, settings.localTime) - now.wallMS)
        }
    }
}
