import ArgumentParser
import GroveClient

struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Submits jobs that belong together, from a TOML file.",
        discussion: """
            Each table is a job: run is a command of grove, after names the jobs of the file that must have succeeded \
            before, and everything else is an option of the command, such as data = "digits" or set = { leaves = 10 }. \
            What a job makes can be named by those after it. Either all jobs are submitted or none; a line for each says \
            its name and its id. A job that fails ends those after it.
            """)

    @Argument(help: "The file.", transform: path) var file: String
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let jobs = try ChainFile(file).jobs
            let client = try connection.connect()
            for (name, id) in try await ChainSubmission(client: client, jobs: jobs).run() {
                try Screen.shared.submitted(
                    connection.json
                        ? "{\"name\":\(JSONText.string(name)),\"jobId\":\(JSONText.string(id))}" : "\(name)\t\(id)")
            }
            return .success
        }
    }
}
