import QueueLoad
import Wire

/// What must hold after every test, whatever was done to the processes: looked up in what was recorded and in what the
/// broker has now.
struct Checker {
    let run: ChaosRun
    /// To a broker that serves, after all has healed.
    let peer: WirePeer

    /// - Parameter areAllDone: whether every job must have ended by now.
    /// - Returns: the jobs as they are, by id.
    @discardableResult
    func check(areAllDone: Bool = true) throws -> [String: Grove_V1_Job] {
        let jobs = try jobs()
        checkSubmits(jobs)
        checkAttempts(jobs)
        if areAllDone {
            let open = jobs.values.filter { !$0.state.isTerminal }
            run.expect(open.isEmpty, "\(open.count) jobs have not ended, such as \(open.first?.id ?? "")")
        }
        return jobs
    }

    /// Every job that the broker has, those of arrays too.
    private func jobs() throws -> [String: Grove_V1_Job] {
        let top = try jobs(ofArray: "")
        return try top.values.filter { $0.kind == "array" }.reduce(into: top) { all, array in
            try all.merge(jobs(ofArray: array.id)) { job, _ in job }
        }
    }

    private func jobs(ofArray array: String) throws -> [String: Grove_V1_Job] {
        var found: [String: Grove_V1_Job] = [:]
        var request = Grove_V1_ListJobsRequest()
        (request.limit, request.arrayJobID) = (1000, array)
        while true {
            let page = try peer.call(Method.jobsList, request, returning: Grove_V1_ListJobsResponse.self)
            for job in page.jobs { found[job.id] = job }
            guard page.more, let last = page.jobs.last else { return found }
            request.beforeJobID = last.id
        }
    }

    /// Lost: acknowledged and not there. Duplicated: one key, two jobs.
    private func checkSubmits(_ jobs: [String: Grove_V1_Job]) {
        var byKey: [String: String] = [:]
        for entry in run.record.all {
            guard case .acknowledged(let key, let job) = entry.event else { continue }
            run.expect(jobs[job] != nil, "job \(job) was acknowledged and is lost")
            if let earlier = byKey[key] {
                run.expect(earlier == job, "key \(key) was answered with job \(earlier) and with job \(job)")
            }
            byKey[key] = job
        }
        run.figure("jobs acknowledged", Set(byKey.values).count)
    }

    /// Unexpected: given out and not there. Attempts count up; at most one outcome is accepted, and it is the newest
    /// attempt's.
    private func checkAttempts(_ jobs: [String: Grove_V1_Job]) {
        var newest: [String: Int] = [:]
        var accepted: [String: Int] = [:]
        var fenced = 0
        for entry in run.record.all {
            switch entry.event {
            case .taken(let job, let attempt, _):
                run.expect(jobs[job] != nil, "job \(job) was given out, and there is no such job")
                run.expect(
                    attempt > newest[job] ?? 0, "job \(job): attempt \(attempt) was given after \(newest[job] ?? 0)")
                run.expect(accepted[job] == nil, "job \(job) was given out after its outcome was accepted")
                newest[job] = attempt
            case .accepted(let job, let attempt):
                run.expect(attempt == newest[job], "job \(job): attempt \(attempt) was accepted although stale")
                if let earlier = accepted[job] {
                    run.expect(earlier == attempt, "job \(job): attempts \(earlier) and \(attempt) were both accepted")
                }
                accepted[job] = attempt
            case .fenced: fenced += 1
            case .acknowledged, .killed: break
            }
        }
        for job in accepted.keys {
            run.expect(jobs[job]?.state.isTerminal == true, "job \(job) has an accepted outcome and has not ended")
        }
        run.figure("attempts", newest.values.reduce(0, +))
        if fenced > 0 { run.figure("stale outcomes refused", fenced) }
    }
}

extension Grove_V1_JobState {
    var isTerminal: Bool {
        switch self {
        case .succeeded, .failed, .cancelled, .expired: true
        case .waiting, .running, .unspecified, .UNRECOGNIZED: false
        }
    }
}
