import JobStore
import Wire

/// Where a waiting job belongs now, and when time alone may change that.
struct Placement: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        /// Jobs that it comes after have not ended.
        case afterParents
        /// Its hour has not come.
        case later(untilMS: Int64, Grove_V1_WaitingCode)
        /// In its lane.
        case ready
        /// Nobody began it in time.
        case expired
    }

    let place: Place
    /// When to ask again, always after now; `nil` when only an event can change it.
    let nextMS: Int64?

    init(_ job: JobRecord, _ terms: Grove_V1_Terms, nowMS: Int64, _ time: LocalTime) {
        let expiry = Self.expiry(job, terms)
        let begin = Self.begin(terms, retryMS: job.retryMS, nowMS: nowMS, time)
        if let expiry, expiry <= nowMS {
            (place, nextMS) = (.expired, nil)
        } else if job.parentsLeft > 0 {
            (place, nextMS) = (.afterParents, expiry)
        } else if let code = begin.code {
            (place, nextMS) = (.later(untilMS: begin.wallMS, code), min(begin.wallMS, expiry ?? .max))
        } else {
            let closing = DayWindow(terms)?.closing(after: nowMS, time)
            (place, nextMS) = (.ready, [closing, expiry].compactMap { $0 }.min())
        }
    }

    /// Only a job that was never begun expires.
    private static func expiry(_ job: JobRecord, _ terms: Grove_V1_Terms) -> Int64? {
        guard terms.queueTtlMs > 0, job.startedMS == 0 else { return nil }
        return job.submittedMS.addingClamped(Int64(clamping: terms.queueTtlMs))
    }

    /// When a job may begin, as far as the clock decides, and what it waits for when that is not now.
    /// - Parameter retryMS: when a failed attempt may be followed by another; 0 where none has failed.
    static func begin(
        _ terms: Grove_V1_Terms, retryMS: Int64 = 0, nowMS: Int64, _ time: LocalTime
    ) -> (wallMS: Int64, code: Grove_V1_WaitingCode?) {
        // On a clock that shows a time before 1970, 0 lies ahead: it must not be taken for a time.
        let earliest = [terms.notBeforeMs, retryMS].filter { $0 != 0 }.reduce(nowMS, max)
        let begin = DayWindow(terms)?.opening(from: earliest, time) ?? earliest
        if begin > earliest { return (begin, .window) }
        guard begin > nowMS else { return (nowMS, nil) }
        return (begin, begin == retryMS ? .backoff : .notBefore)
    }
}
