import JobStore
import Wire

/// Pause, drain and resume, of the queue and of workers.
struct GatesService {
    let context: ServiceContext

    func set(_ request: Grove_V1_SetGateRequest, _ state: inout BrokerState) throws -> Grove_V1_QueueStatus {
        switch request.gate {
        case .open, .paused, .draining: break
        case .unspecified, .UNRECOGNIZED:
            throw RPCError(.invalidArgument, "gate must be GATE_OPEN, GATE_PAUSED or GATE_DRAINING")
        }
        let worker = request.worker
        guard worker.isEmpty || state.sessions.workers[worker] != nil || state.queue.gates[worker] != nil else {
            let known = state.sessions.workers.keys.sorted().prefix(20).joined(separator: ", ")
            throw RPCError(
                .notFound,
                "there is no worker '\(worker.excerpt)'; "
                    + (known.isEmpty ? "none has connected yet" : "there is \(known)"))
        }
        let gate = request.gate == .open ? nil : request.gate
        try context.batch.setGate(worker, gate?.rawValue)
        state.queue.gates[worker] = gate
        state.mayAssign = true
        return get(state)
    }

    func get(_ state: BrokerState) -> Grove_V1_QueueStatus {
        var status = Grove_V1_QueueStatus()
        status.gate = state.queue.gates[""] ?? .open
        status.waitingJobs = UInt64(clamping: state.queue.waiting)
        status.runningJobs = UInt64(state.leases.all.count)
        for (name, gate) in state.queue.gates.sorted(by: { $0.key < $1.key }) where !name.isEmpty {
            var worker = Grove_V1_WorkerGate()
            (worker.worker, worker.gate) = (name, gate)
            status.workers.append(worker)
        }
        return status
    }

    /// - Throws: `RPCError` FAILED_PRECONDITION while the queue is drained.
    static func requireNewJobs(_ state: BrokerState) throws(RPCError) {
        guard state.queue.gates[""] == .draining else { return }
        throw RPCError(.failedPrecondition, "the queue is being drained and takes no new jobs; 'grove resume' opens it")
    }
}
