import JobStore

/// How many jobs run, counted the ways that caps count.
struct RunningCounts: Sendable {
    private(set) var users: [String: Int] = [:]
    private(set) var kinds: [String: Int] = [:]
    private(set) var models: [String: Int] = [:]
    private(set) var arrays: [Int64: Int] = [:]
    private(set) var workers: [String: Int] = [:]
    /// Workers that have a job which must be alone.
    private(set) var occupied: Set<String> = []

    init(_ leases: some Sequence<LeaseTable.Lease>) {
        for lease in leases { add(lease.lane, worker: lease.worker) }
    }

    mutating func add(_ lane: LaneKey, worker: String) {
        users[lane.user, default: 0] += 1
        kinds[lane.kind, default: 0] += 1
        if !lane.modelName.isEmpty { models[lane.modelName, default: 0] += 1 }
        if lane.array != 0 { arrays[lane.array, default: 0] += 1 }
        workers[worker, default: 0] += 1
        if lane.isAlone { occupied.insert(worker) }
    }
}
