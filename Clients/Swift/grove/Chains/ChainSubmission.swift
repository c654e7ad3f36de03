import GroveClient

/// Submits the jobs of a chain: all of them, or none.
struct ChainSubmission {
    let client: Client
    let jobs: [ChainFile.Job]

    /// - Returns: the jobs' names and ids, parents first.
    func run() async throws -> [(name: String, id: String)] {
        var submitted: [(name: String, id: String)] = []
        var ids: [String: String] = [:]
        for job in jobs {
            do {
                let parents = job.step.after.compactMap { ids[$0] }
                let spec = try await job.command.spec(client)
                let id = try await Submission(client: client, options: job.command.submit).submit(spec, after: parents)
                ids[job.step.name] = id
                submitted.append((job.step.name, id))
            } catch {
                try await takeBack(submitted)
                guard let refusal = error as? RPCError else { throw error }
                throw RPCError(refusal.code, "'\(job.step.name)': \(refusal.message)")
            }
        }
        return submitted
    }

    private func takeBack(_ submitted: [(name: String, id: String)]) async throws {
        for (_, id) in submitted.reversed() { try await client.cancel(id) }
    }
}
