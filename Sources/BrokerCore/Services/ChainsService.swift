import Wire

/// Jobs that are submitted together because each is of no use without those before it. One request, hence one savepoint:
/// no job can run, and fail, before the last one is kept.
struct ChainsService {
    let context: ServiceContext

    func submit(
        _ request: Grove_V1_SubmitChainRequest, _ state: inout BrokerState
    ) throws -> Grove_V1_SubmitChainResponse {
        try JobValidation.check(request)
        let jobs = JobsService(context: context)
        var response = Grove_V1_SubmitChainResponse()
        for job in request.jobs {
            do {
                // Its place in the chain is part of what was asked for, so it is part of what a key stands for.
                response.jobIds.append(
                    try jobs.submit(
                        job.submit, digest: SHA256.digest(of: encode(job)),
                        after: job.submit.after + job.after.map { response.jobIds[Int($0)] }, &state))
            } catch let error as RPCError {
                throw error.about(job)
            }
        }
        return response
    }
}
