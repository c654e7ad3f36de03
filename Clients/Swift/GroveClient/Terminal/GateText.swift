/// Whether the queue and its workers are open, in words.
package enum GateText {
    package static func sentence(_ status: Grove_V1_QueueStatus) -> String {
        var text = "the queue is \(status.gate.word): \(status.waitingJobs) waiting, \(status.runningJobs) running"
        for worker in status.workers { text += "; worker \(worker.worker.printable) is \(worker.gate.word)" }
        return text
    }
}

extension Grove_V1_Gate {
    package var word: String {
        switch self {
        case .open: "open"
        case .paused: "paused"
        case .draining: "draining"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}
