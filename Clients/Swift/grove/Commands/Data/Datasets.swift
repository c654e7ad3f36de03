import ArgumentParser
import GroveClient

struct Datasets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists datasets.")

    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let artifacts = try await connection.connect().artifacts(.dataset)
            if connection.json {
                for artifact in artifacts { try Screen.shared.result(JSONText.line(artifact)) }
            } else {
                try Screen.shared.show(
                    ArtifactText.datasets(artifacts), orSay: "no datasets yet; make one with 'grove data import'")
            }
            return .success
        }
    }
}
