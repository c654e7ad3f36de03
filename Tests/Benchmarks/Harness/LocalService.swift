import Foundation
import GroveClient
import Synchronization

/// A broker and a worker of this build on a free port, for as long as a benchmark needs them.
struct LocalService: Sendable {
    let client: Client
    /// Goes with the service.
    let folder: URL

    static func with<Result: Sendable>(_ body: (LocalService) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "grove-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let local = LocalGrove(
            .init(
                programs: Places.programs, data: folder.path, bind: "tcp://127.0.0.1:*", workers: 1,
                threads: Places.processors))
        let (endpoints, found) = AsyncStream<String>.makeStream()
        let running = Task {
            defer { found.finish() }
            return try await local.run { news in
                if case .ready(let endpoint) = news { found.yield(endpoint) }
            }
        }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(.init(connectingTo: endpoints, folder: folder)))
        } catch {
            result = .failure(error)
        }
        local.stop()
        _ = try await running.value
        try FileManager.default.removeItem(at: folder)
        return try result.get()
    }

    private init(connectingTo endpoints: AsyncStream<String>, folder: URL) async throws {
        guard let endpoint = await endpoints.first(where: { _ in true }) else {
            throw BenchmarkError("The broker did not start; build grove-broker and grove-worker beside grove-bench.")
        }
        client = try Client(endpoint, options: .init(patience: .seconds(60), timeout: .seconds(120)))
        self.folder = folder
    }

    /// Runs a job to its end. Throws unless it succeeds.
    func run(_ spec: JobSpec) async throws -> Job {
        let job = try await client.wait(try await client.submit(spec))
        guard job.state == .succeeded else {
            throw BenchmarkError("A job ended as \(job.state): \(job.failure.message)")
        }
        return job
    }

    func importModel(_ name: String, _ file: URL, tree: String? = nil) async throws {
        let local = try LocalFile.collect([file.path], ending: ".safetensors")
        let uploaded = try await client.upload(local) { _, _, _ in }
        var spec = JobSpec()
        spec.importModel.name = name
        spec.importModel.file = uploaded[0]
        if let tree { spec.importModel.tree = try ArtifactRef.parse(tree) }
        _ = try await run(spec)
    }
}
