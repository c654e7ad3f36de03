import ArgumentParser
import GroveClient

/// When a submitted job may run, for how long, how often, and after which others.
struct TermsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Begin after this job has succeeded; may be given often. What that job will make can be named already.",
            valueName: "job"))
    var after: [String] = []

    @Option(help: "Not before then: 19:00, '2026-11-24 19:00', or +2h after the submission.")
    var notBefore: String?

    @Option(
        help: """
            Only in this part of the day, in the broker's time zone, as 19:00-07:00. At its end the job saves itself, and \
            it goes on when the window opens again.
            """)
    var window: String?

    @Option(help: "Compute at most so long, as 8h or 1h30m, all attempts together; then the job fails.")
    var maxRuntime: String?

    @Option(help: "Give up when no worker has begun the job for so long.")
    var queueTTL: String?

    @Option(help: "Take the job from a worker whose steps stand still for so long (default: 30m).")
    var noProgress: String?

    @Option(help: "How often to try again after a failure that may pass (default: 3).")
    var retries: UInt32?

    @Option(
        help: """
            Remove what the job leaves behind so long after its end, as 30d, or keep it for good: forever (default: what \
            the broker was told).
            """)
    var keep: String?

    func validate() throws {
        _ = try validated { () throws(RPCError) in try terms() }
    }

    func terms() throws(RPCError) -> Terms {
        var terms = Terms()
        if let notBefore { try TermsText.start(notBefore, of: &terms, nowMS: Places.now) }
        if let window { terms.window = try TermsText.window(window) }
        if let maxRuntime { terms.maxRuntimeMs = try TermsText.duration(maxRuntime) }
        if let queueTTL { terms.queueTtlMs = try TermsText.duration(queueTTL) }
        if let noProgress { terms.noProgressMs = try TermsText.duration(noProgress) }
        if let retries { terms.retries = retries }
        if let keep { terms.keepResultsMs = try TermsText.keeping(keep) }
        try JobValidation.check(terms)
        return terms
    }
}
