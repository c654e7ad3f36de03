import ArgumentParser
import GroveClient

/// A command that submits one job; all of them can also stand in a chain's file.
protocol JobCommand: AsyncParsableCommand {
    var submit: SubmitOptions { get }

    /// The job. May ask the broker, and upload files.
    func spec(_ client: Client) async throws -> JobSpec
}

extension JobCommand {
    /// Submits the job and, unless told otherwise, follows it and collects its results.
    func run() async throws {
        try await reporting {
            let client = try submit.connection.connect()
            return try await Submission(client: client, options: submit).run(spec(client))
        }
    }
}
