extension JobValidation {
    /// Checks a chain: its form, and each of its jobs.
    /// - Throws: `RPCError` INVALID_ARGUMENT, with the name of the job that is wrong.
    package static func check(_ request: Grove_V1_SubmitChainRequest) throws(RPCError) {
        var validation = JobValidation()
        validation.chain(request)
        try validation.finish()
        for job in request.jobs {
            do throws(RPCError) {
                try check(job.submit)
            } catch {
                throw error.about(job)
            }
        }
    }

    private mutating func chain(_ request: Grove_V1_SubmitChainRequest) {
        let jobs = request.jobs
        expect(
            (1...Limits.chainJobs).contains(jobs.count), "jobs",
            "has \(jobs.count) jobs, must be 1 to \(Limits.chainJobs); submit several chains")
        let all = jobs.reduce(0) { $0 + $1.submit.jobCount }
        expect(
            all <= Limits.arrayJobs, "jobs",
            "has \(all) jobs with those of its arrays, at most \(Limits.arrayJobs) are allowed; submit several chains")
        for (index, job) in jobs.enumerated() {
            text(job.name, "jobs[\(index)].name", atMost: Limits.nameBytes)
            expect(
                job.after.allSatisfy { $0 < index }, "jobs[\(index)].after",
                "names the job itself or one behind it; put each job behind those that it comes after")
            expect(
                job.after.count + job.submit.after.count <= Limits.parentsPerJob, "jobs[\(index)].after",
                "has \(job.after.count + job.submit.after.count) jobs, at most \(Limits.parentsPerJob) are allowed")
        }
    }
}

extension Grove_V1_SubmitRequest {
    /// How many jobs it makes, the one that stands for an array not counted.
    package var jobCount: Int { max(array.elements.count, 1) }
}

extension RPCError {
    /// The same error, said of one job of a chain.
    package func about(_ job: Grove_V1_ChainJob) -> RPCError {
        var error = self
        if !job.name.isEmpty { error.message = "'\(job.name)': \(message)" }
        return error
    }
}
