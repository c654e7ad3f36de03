import Dispatch
import Wire

// The same for Swift tasks: the work is done on a thread of Dispatch's, so that none of Swift's few is held up.
// Cancelling the task stops the transfer.
extension BlobTransfer {
    @discardableResult
    package func upload(
        _ bytes: [UInt8], progress: @escaping Progress = { _, _ in }
    ) async throws -> BlobName {
        try await onThread { try $0.upload(bytes, progress: progress) }
    }

    @discardableResult
    package func upload(
        file path: String, named name: BlobName? = nil, progress: @escaping Progress = { _, _ in }
    ) async throws -> BlobName {
        try await onThread { try $0.upload(file: path, named: name, progress: progress) }
    }

    package func download(_ name: BlobName, progress: @escaping Progress = { _, _ in }) async throws -> [UInt8] {
        try await onThread { try $0.download(name, progress: progress) }
    }

    package func download(
        _ name: BlobName, to path: String, replacing: Bool = false, progress: @escaping Progress = { _, _ in }
    ) async throws {
        try await onThread { try $0.download(name, to: path, replacing: replacing, progress: progress) }
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable (BlobTransfer) throws -> Value
    ) async throws -> Value {
        let transfer = BlobTransfer(connection, pieceTimeout: pieceTimeout, stop: StopSwitch())
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try body(transfer) })
                }
            }
        } onCancel: {
            transfer.stop.stop()
        }
    }
}
