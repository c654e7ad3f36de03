import Synchronization
import Wire
import WorkerCore

/// A broker in memory, which can be away.
final class FakeBroker: BrokerLink {
    struct State {
        var isAway = false
        var refusal: RPCError?
        var stops: [Grove_V1_AttemptId] = []
        var lines: [String] = []
        var blobs: [String: [UInt8]] = [:]
        var downloads = 0
        var checkpoints: [Grove_V1_FileRef] = []
        var completions: [Grove_V1_CompleteRequest] = []
    }

    let state = Mutex(State())

    private func meet() throws(RPCError) {
        let isAway = state.withLock { $0.isAway }
        if isAway { throw RPCError(.unavailable, "the broker is away") }
    }

    func take(_ free: [Grove_V1_SlotKind], within time: Duration) throws(RPCError) -> Grove_V1_Assignment? {
        try meet()
        return nil
    }

    func heartbeat(_ reports: [Grove_V1_AttemptReport]) throws(RPCError) -> [Grove_V1_AttemptId] {
        try meet()
        return state.withLock { $0.stops }
    }

    func log(_ attempt: Grove_V1_AttemptId, lines: [String]) throws(RPCError) {
        try meet()
        state.withLock { $0.lines += lines }
    }

    func checkpoint(_ attempt: Grove_V1_AttemptId, file: Grove_V1_FileRef) throws(RPCError) {
        try meet()
        state.withLock { $0.checkpoints.append(file) }
    }

    func complete(_ request: Grove_V1_CompleteRequest) throws(RPCError) -> Grove_V1_CompleteResponse {
        try meet()
        if let refusal = state.withLock({ $0.refusal }) { throw refusal }
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
            state.downloads += 1
            return state.blobs[sha256]
        }
        guard let bytes else { throw RPCError(.notFound, "no blob \(sha256)") }
        return bytes
    }
}
