import JobStore
import Wire

/// For people: who is there, and how the broker is.
struct WorkersService {
    let context: ServiceContext

    func list(_ request: Grove_V1_ListWorkersRequest, _ state: BrokerState) -> Grove_V1_ListWorkersResponse {
        let connected = state.sessions.connectedWorkers
        var response = Grove_V1_ListWorkersResponse()
        var bytes = 0
        for (name, worker) in state.sessions.workers.sorted(by: { $0.key < $1.key }) {
            var info = Grove_V1_WorkerInfo()
            info.description_p = worker.description
            // Who knows it can speak for the worker.
            info.description_p.incarnation.removeAll()
            info.gate = state.queue.gates[name] ?? .open
            info.connected = connected.contains(name)
            info.lastSeenMs = worker.lastSeenMS
            info.running = state.leases.all.filter { $0.worker == name }.sorted { $0.attempt.jobID < $1.attempt.jobID }
                .map { lease in
                    var report = Grove_V1_AttemptReport()
                    report.attempt = lease.attempt.message
                    if let progress = lease.progress { report.progress = progress }
                    return report
                }
            bytes += encode(info).count + 8
            if bytes > Limits.frameBytes { break }
            response.workers.append(info)
        }
        return response
    }

    func health(_ request: Grove_V1_HealthCheckRequest, _ state: BrokerState) -> Grove_V1_HealthCheckResponse {
        var response = Grove_V1_HealthCheckResponse()
        response.serving = true
        response.software = context.settings.software
        response.waitingJobs = UInt64(clamping: state.queue.waiting)
        response.runningJobs = UInt64(state.leases.all.count)
        response.workers = UInt32(clamping: state.sessions.connectedWorkers.count)
        return response
    }
}
