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
    /// When to ask again; `nil` when only an event can change it.
    let nextMS: Int64?

    init(_ job: JobRecord, _ terms: Grove_V1_Terms, nowMS: Int64, _ time: LocalTime) {
        let expiry = Self.expiry(job, terms)
        if let expiry, expiry <= nowMS {
            (place, nextMS) = (.expired, nil)
        } else if job.parentsLeft > 0 {
            (place, nextMS) = (.afterParents, expiry)
        } else if let (until, code) = Self.hour(job, terms, nowMS: nowMS, time) {
            (place, nextMS) = (.later(untilMS: until, code), min(until, expiry ?? .max))
        } else {
            let closing = DayWindow(terms)?.closing(after: nowMS, time)
            (place, nextMS) = (.ready, [closing, expiry].compactMap { $0 }.min())
        }
    }

    /// Only a job that was never begun expires.
    private static func expiry(_ job: JobRecord, _ terms: Grove_V1_Terms) -> Int64? {
        guard terms.queueTtlMs > 0, job.startedMS == 0 else { return nil }
        return job.submittedMS + Int64(clamping: terms.queueTtlMs)
    }

    /// When it may begin, if that is not now, and what it waits for.
    private static func hour(
        _ job: JobRecord, _ terms: Grove_V1_Terms, nowMS: Int64, _ time: LocalTime
    ) -> (Int64, Grove_V1_WaitingCode)? {
        let earliest = max(nowMS, terms.notBeforeMs, job.retryMS)
        let begin = DayWindow(terms)?.opening(from: earliest, time) ?? earliest
        if begin > earliest { return (begin, .window) }
        guard begin > nowMS else { return nil }
        return (begin, job.retryMS > terms.notBeforeMs ? .backoff : .notBefore)
    }
}
