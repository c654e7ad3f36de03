import ArgumentParser
import GroveClient

struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Waits until jobs have ended.",
        discussion: "The exit code is that of the first job, in the order given, that did not succeed; 0 when all did.")

    @Argument(help: "The jobs' ids.") var jobs: [String]
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            let (ids, json) = (jobs, connection.json)
            let status = try await Interruption.guarding {
                var status = CommandStatus.success
                for id in ids {
                    let job = try await client.wait(id)
                    try Screen.shared.result(json ? JSONText.line(job) : "\(job.id)\t\(job.state.word)")
                    if status == .success { status = CommandStatus(job.state) }
                }
                return status
            }
            return status ?? .interrupted
        }
    }
}
