import Calls
import Foundation
import QueueLoad
import Wire

extension QueueStand {
    /// A sampling job whose scripted worker does what the seed says.
    static func scripted(_ key: String, seed: UInt64) -> Grove_V1_SubmitRequest {
        var request = sample(key)
        request.spec.sample.seed = seed
        return request
    }

    /// A connection that repeats what was lost, as clients have it.
    func connection(_ endpoint: String? = nil) throws -> Connection {
        try Connection(endpoint: endpoint ?? broker.endpoint, hello: .client("chaos"), options: .init(patience: nil))
    }

    /// Starts the broker with the faulty disk before its files.
    func startWithFaultyDisk(_ plan: FaultyDisk, options: [String] = []) throws {
        try restart(options: options, environment: plan.environment(folder: folder.appending(path: "broker").path))
    }
}

extension Connection {
    /// Submits, and records the answer.
    /// - Returns: the job's id.
    @discardableResult
    func submit(_ request: Grove_V1_SubmitRequest, record: Recorder) throws -> String {
        let response: Grove_V1_SubmitResponse = try call(Method.jobsSubmit, request, timeout: .seconds(60)).0
        record.note(.acknowledged(key: request.idempotencyKey, job: response.jobID))
        return response.jobID
    }

    func job(_ id: String) throws -> Grove_V1_Job {
        var request = Grove_V1_GetJobRequest()
        request.jobID = id
        return try call(Method.jobsGet, request, timeout: .seconds(60)).0
    }

    func cancel(_ id: String) throws {
        var request = Grove_V1_CancelJobRequest()
        request.jobID = id
        _ = try call(Method.jobsCancel, request, returning: Grove_V1_Job.self, timeout: .seconds(60))
    }

    /// How many jobs wait or run.
    func open() throws -> Int {
        let health: Grove_V1_HealthCheckResponse = try call(
            Method.healthCheck, Grove_V1_HealthCheckRequest(), timeout: .seconds(60)
        ).0
        return Int(health.waitingJobs + health.runningJobs)
    }
}
