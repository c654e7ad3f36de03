import JobStore
import Wire

/// Refuses a job that could never run, as far as the clock tells; what its terms look like by themselves is `JobValidation`'s.
struct TermsCheck {
    let context: ServiceContext

    /// - Throws: `RPCError` INVALID_ARGUMENT.
    func check(_ terms: Grove_V1_Terms) throws(RPCError) {
        guard terms.queueTtlMs > 0 else { return }
        let now = context.now.wallMS
        let earliest = max(now, terms.notBeforeMs)
        let begin = DayWindow(terms)?.opening(from: earliest, context.settings.localTime) ?? earliest
        guard begin - now >= Int64(clamping: terms.queueTtlMs) else { return }
        throw RPCError(
            .invalidArgument,
            "the job would expire before it may begin; let it wait longer, or begin earlier",
            violations: [.init(field: "terms.queue_ttl_ms", description: "is over before the job may begin")])
    }
}
