import Calls
import Foundation
import Logging
import Neural
import Wire

/// The broker at the other end of a connection.
///
/// Every call waits for a lost broker to come back as long as its time allows: a worker outlives its broker's restart.
package final class CallsBrokerLink: BrokerLink {
    package let incarnation: [UInt8]
    private let connection: Connection
    private let transfer: BlobTransfer

    package init(_ configuration: WorkerConfiguration, log: Logger) throws(RPCError) {
        let hello = configuration.hello
        incarnation = [UInt8](hello.worker.incarnation)
        let connectionLog = ConnectionLog(log)
        connection = try Connection(
            endpoint: configuration.broker, hello: hello, options: .init(patience: nil), onEvent: connectionLog.note)
        transfer = BlobTransfer(connection)
    }

    package func close() { connection.close() }

    package func take(
        _ free: [Grove_V1_SlotKind], loaded: [String], within time: Duration
    ) throws(RPCError) -> Grove_V1_Assignment? {
        var request = Grove_V1_TakeRequest()
        request.free = free
        request.loaded = Array(loaded.prefix(Limits.loadedModels))
        do throws(RPCError) {
            // The broker answers with nothing when the time is over; the margin lets that answer arrive.
            let response: Grove_V1_TakeResponse = try connection.call(Method.workTake, request, timeout: time).0
            return response.hasAssignment ? response.assignment : nil
        } catch {
            if error.code == .deadlineExceeded { return nil }
            throw error
        }
    }

    package func heartbeat(_ reports: [Grove_V1_AttemptReport]) throws(RPCError) -> Grove_V1_HeartbeatResponse {
        var request = Grove_V1_HeartbeatRequest()
        request.attempts = reports
        return try connection.call(Method.workHeartbeat, request, timeout: Self.heartbeatTime).0
    }

    package func log(_ attempt: Grove_V1_AttemptId, lines: [String]) throws(RPCError) {
        var request = Grove_V1_LogRequest()
        request.attempt = attempt
        request.lines = lines
        _ = try connection.call(
            Method.workLog, request, returning: Grove_V1_LogResponse.self, timeout: Self.callTime)
    }

    package func checkpoint(_ request: Grove_V1_CheckpointRequest) throws(RPCError) {
        _ = try connection.call(
            Method.workCheckpoint, request, returning: Grove_V1_CheckpointResponse.self, timeout: Self.callTime)
    }

    package func complete(_ request: Grove_V1_CompleteRequest) throws(RPCError) -> Grove_V1_CompleteResponse {
        try connection.call(Method.workComplete, request, timeout: Self.callTime).0
    }

    package func upload(_ bytes: [UInt8]) throws(RPCError) -> String {
        try transfer.upload(bytes).sha256
    }

    package func download(sha256: String, size: UInt64) throws(RPCError) -> [UInt8] {
        try transfer.download(BlobName(sha256: sha256, size: size))
    }

    /// Shorter than a lease, so that a lost heartbeat is followed by another one in time.
    private static let heartbeatTime = Duration.seconds(5)
    private static let callTime = Duration.seconds(30)
}

extension WorkerConfiguration {
    /// How this worker greets the broker.
    var hello: Grove_V1_Hello {
        var hello = Grove_V1_Hello()
        hello.role = .worker
        hello.name = "grove-worker \(name)"
        hello.software = Software.version
        hello.worker.name = name
        hello.worker.incarnation = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        hello.worker.interactiveSlots = UInt32(clamping: interactiveSlots)
        hello.worker.trainingSlots = UInt32(clamping: trainingSlots)
        hello.worker.threads = UInt32(clamping: threads)
        hello.worker.processor = Processor.description
        return hello
    }
}
