import JobStore
import Wire

/// Refuses a job that could never run, as far as the clock tells; what its terms look like by themselves is `JobValidation`'s.
struct TermsCheck {
    let context: ServiceContext

    /// - Returns: the terms as they are kept: a time that is relative to the submission has become an instant.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    func accepted(_ terms: Grove_V1_Terms) throws(RPCError) -> Grove_V1_Terms {
        let now = context.now.wallMS
        var terms = terms
        if terms.startDelayMs > 0 {
            terms.notBeforeMs = now.addingClamped(Int64(clamping: terms.startDelayMs))
            terms.startDelayMs = 0
        }
        guard terms.queueTtlMs > 0 else { return terms }
        let begin = Placement.begin(terms, nowMS: now, context.settings.localTime).wallMS
        guard begin.subtractingClamped(now) >= Int64(clamping: terms.queueTtlMs) else { return terms }
        throw RPCError(
            .invalidArgument,
            "the job would expire before it may begin; let it wait longer, or begin earlier",
            violations: [.init(field: "terms.queue_ttl_ms", description: "is over before the job may begin")])
    }
}
