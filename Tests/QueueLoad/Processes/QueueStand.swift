import Foundation
import Transport
import Wire

/// A real broker on a folder of its own, and peers for it. The folder goes with the value.
package final class QueueStand {
    package let context: ZeroMQContext
    package let folder: URL
    package var broker: BrokerProcess

    /// - Parameters:
    ///   - parent: where the folder is made.
    ///   - template: what the broker begins with: a copy of this folder, or nothing.
    package init(
        in parent: URL = FileManager.default.temporaryDirectory, copying template: URL? = nil, options: [String] = []
    ) throws {
        folder = parent.appending(path: "grove-load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let data = folder.appending(path: "broker")
        if let template { try FileManager.default.copyItem(at: template, to: data) }
        // A thousand watchers are three thousand sockets, for each has a monitor.
        _ = try DescriptorLimit.raise(to: 65_536)
        context = try ZeroMQContext(maxSockets: 65_535)
        broker = try BrokerProcess(data: data, options: options)
    }

    deinit {
        broker.end(SIGKILL)
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            print("left behind: \(folder.path) (\(error))")
        }
    }

    /// Starts the broker anew on the same folder, after it has ended.
    /// - Parameter elsewhere: on another port.
    package func restart(
        elsewhere: Bool = false, options: [String] = [], environment: [String: String] = [:]
    ) throws {
        broker = try BrokerProcess(
            data: folder.appending(path: "broker"), endpoint: elsewhere ? "tcp://127.0.0.1:0" : broker.endpoint,
            options: options, environment: environment)
    }

    /// Throws away what the broker has, after it has ended.
    package func removeData() throws {
        let data = folder.appending(path: "broker")
        if FileManager.default.fileExists(atPath: data.path) { try FileManager.default.removeItem(at: data) }
    }

    package func client(_ name: String = "load", options: SocketOptions = SocketOptions()) throws -> WirePeer {
        try WirePeer(context, broker.endpoint, .client(name), options: options) { broker.isRunning }
    }

    package func worker(_ name: String, slots: Int) throws -> WirePeer {
        try WirePeer(context, broker.endpoint, .worker(name, slots: slots)) { broker.isRunning }
    }

    /// Has the broker keep a tree, so that jobs can name one.
    package func makeTree(_ name: String = "tree") throws {
        let (client, worker) = (try client(), try worker("maker", slots: 1))
        defer {
            client.close()
            worker.close()
        }
        var submit = Grove_V1_SubmitRequest()
        submit.spec.importDataset.name = name
        submit.spec.importDataset.files = [try upload(client, Array("raw".utf8))]
        _ = try client.call(Method.jobsSubmit, submit, returning: Grove_V1_SubmitResponse.self)
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let taken = try worker.call(Method.workTake, take, returning: Grove_V1_TakeResponse.self)
        var complete = Grove_V1_CompleteRequest()
        complete.attempt = taken.assignment.attempt
        var artifact = Grove_V1_NewArtifact()
        (artifact.name, artifact.kind) = (name, .tree)
        artifact.blob = try upload(worker, Array("a tree".utf8))
        complete.success.artifacts = [artifact]
        _ = try worker.call(Method.workComplete, complete, returning: Grove_V1_CompleteResponse.self)
    }

    package func upload(_ peer: WirePeer, _ bytes: [UInt8], name: String = "file") throws -> Grove_V1_FileRef {
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size) = (SHA256.hexDigest(of: bytes), UInt64(bytes.count))
        _ = try peer.call(Method.blobsPut, put, returning: Grove_V1_BlobStatus.self, bulk: bytes)
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = (name, put.sha256, put.size)
        return file
    }

    /// A sampling job of that tree, under a key of its own.
    package static func sample(_ key: String, tree: String = "tree") -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.spec.sample.tree.name = tree
        (request.spec.sample.count, request.spec.sample.seed) = (1, 1)
        request.idempotencyKey = key
        return request
    }
}
