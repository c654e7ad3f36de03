import Foundation
import Synchronization
import Wire
import WorkerCore

/// A broker in memory, which can be away.
final class FakeBroker: BrokerLink {
    struct State {
        /// What every call throws while it is set.
        var trouble: RPCError?
        /// What a completion that matches is refused with.
        var refusal: (error: RPCError, matches: @Sendable (Grove_V1_CompleteRequest) -> Bool)?
        var assignments: [Grove_V1_Assignment] = []
        var stops: [Grove_V1_AttemptId] = []
        var yields: [Grove_V1_AttemptId] = []
        var beats = 0
        var lines: [String] = []
        var blobs: [String: [UInt8]] = [:]
        var downloads: [String] = []
        var saved: [Grove_V1_CheckpointRequest] = []
        var completions: [Grove_V1_CompleteRequest] = []
        /// Called with the number of checkpoints so far.
        var onCheckpoint: (@Sendable (Int) -> Void)?
        /// Called when saving a checkpoint is tried.
        var onAttempt: (@Sendable () -> Void)?
        /// What saving a checkpoint throws while it is set.
        var checkpointTrouble: RPCError?
    }

    let incarnation: [UInt8] = [1]
    let state = Mutex(State())

    var completions: [Grove_V1_CompleteRequest] { state.withLock { $0.completions } }
    var saved: [Grove_V1_CheckpointRequest] { state.withLock { $0.saved } }
    var checkpoints: [Grove_V1_FileRef] { saved.filter(\.hasCheckpoint).map(\.checkpoint) }

    func goAway(_ code: StatusCode = .unavailable) {
        state.withLock { $0.trouble = RPCError(code, "the broker is away") }
    }

    func comeBack() {
        state.withLock { $0.trouble = nil }
    }

    private func meet() throws(RPCError) {
        let trouble = state.withLock { $0.trouble }
        if let trouble { throw trouble }
    }

    func take(
        _ free: [Grove_V1_SlotKind], loaded: [String], within time: Duration
    ) throws(RPCError) -> Grove_V1_Assignment? {
        try meet()
        let assignment = state.withLock { state -> Grove_V1_Assignment? in
            guard let index = state.assignments.firstIndex(where: { free.contains($0.slot) }) else { return nil }
            return state.assignments.remove(at: index)
        }
        if assignment == nil { Thread.sleep(forTimeInterval: 0.01) }
        return assignment
    }

    func heartbeat(_ reports: [Grove_V1_AttemptReport]) throws(RPCError) -> Grove_V1_HeartbeatResponse {
        try meet()
        return state.withLock { state in
            state.beats += 1
            var response = Grove_V1_HeartbeatResponse()
            (response.stop, response.yield) = (state.stops, state.yields)
            return response
        }
    }

    func log(_ attempt: Grove_V1_AttemptId, lines: [String]) throws(RPCError) {
        try meet()
        state.withLock { $0.lines += lines }
    }

    func checkpoint(_ request: Grove_V1_CheckpointRequest) throws(RPCError) {
        try meet()
        let (trouble, notifyOfAttempt) = state.withLock { ($0.checkpointTrouble, $0.onAttempt) }
        notifyOfAttempt?()
        if let trouble { throw trouble }
        let (count, notify) = state.withLock { state in
            state.saved.append(request)
            return (state.saved.count, state.onCheckpoint)
        }
        notify?(count)
    }

    func complete(_ request: Grove_V1_CompleteRequest) throws(RPCError) -> Grove_V1_CompleteResponse {
        try meet()
        if let refusal = state.withLock({ $0.refusal }), refusal.matches(request) { throw refusal.error }
        state.withLock { $0.completions.append(request) }
        return Grove_V1_CompleteResponse()
    }

    func upload(_ bytes: [UInt8]) throws(RPCError) -> String {
        try meet()
        let sha256 = SHA256.hexDigest(of: bytes)
        state.withLock { $0.blobs[sha256] = bytes }
        return sha256
    }

    func download(sha256: String, size: UInt64) throws(RPCError) -> [UInt8] {
        try meet()
        let bytes = state.withLock { state in
            state.downloads.append(sha256)
            return state.blobs[sha256]
        }
        guard let bytes else { throw RPCError(.notFound, "no blob \(sha256)") }
        return bytes
    }
}
