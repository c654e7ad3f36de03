extension JobValidation {
    mutating func terms(_ terms: Grove_V1_Terms) {
        expect(
            (0...Limits.lastStartMS).contains(terms.notBeforeMs), "terms.not_before_ms",
            "must be milliseconds since 1970, up to the year 2200, not \(terms.notBeforeMs)")
        time(terms.startDelayMs, "terms.start_delay_ms")
        expect(
            terms.startDelayMs == 0 || terms.notBeforeMs == 0, "terms.start_delay_ms",
            "stands beside terms.not_before_ms; give one of the two")
        if terms.hasWindow { window(terms.window) }
        time(terms.queueTtlMs, "terms.queue_ttl_ms")
        time(terms.maxRuntimeMs, "terms.max_runtime_ms")
        time(terms.noProgressMs, "terms.no_progress_ms")
        time(terms.keepResultsMs, "terms.keep_results_ms")
        expect(
            terms.retries <= Limits.retriesPerJob, "terms.retries",
            "must be 0 to \(Limits.retriesPerJob), not \(terms.retries)")
    }

    private mutating func window(_ window: Grove_V1_TimeWindow) {
        let minutes = [("opens_minute", window.opensMinute), ("closes_minute", window.closesMinute)]
        for (name, minute) in minutes {
            expect(
                minute < 1440, "terms.window.\(name)", "must be 0 to 1439 minutes after midnight, not \(minute)")
        }
        expect(
            window.opensMinute != window.closesMinute, "terms.window",
            "closes when it opens, so it never opens; leave it out for any time of the day")
    }

    private mutating func time(_ milliseconds: UInt64, _ field: String) {
        expect(
            milliseconds <= Limits.termMilliseconds, field, "must be at most ten years, not \(milliseconds) ms")
    }

    mutating func after(_ ids: [String]) {
        expect(
            ids.count <= Limits.parentsPerJob, "after",
            "has \(ids.count) jobs, at most \(Limits.parentsPerJob) are allowed; put a job between")
        for id in ids.prefix(Limits.parentsPerJob) {
            expect(JobID(id) != nil, "after", "has '\(id.excerpt)', which is not the id of a job")
        }
    }
}
