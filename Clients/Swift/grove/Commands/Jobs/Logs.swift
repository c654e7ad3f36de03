import ArgumentParser
import GroveClient

struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints what a job has logged.")

    @Argument(help: "The job's id.") var job: String
    @Flag(name: .shortAndLong, help: "Wait for more until the job has ended.") var follow = false
    @Option(help: "The first line wanted, counted from 0.") var from: UInt64 = 0
    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            for try await line in client.logs(job, from: from, follow: follow) {
                let time = Format.time(milliseconds: line.timeMs)
                try Screen.shared.result(connection.json ? JSONText.line(line) : "\(time)  \(line.text.printable)")
            }
            return .success
        }
    }
}
