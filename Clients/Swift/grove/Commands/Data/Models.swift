import ArgumentParser
import GroveClient

struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists trees, diffusion models and classifiers.")

    @OptionGroup var connection: BrokerOptions

    func run() async throws {
        try await reporting {
            let artifacts = try await connection.connect().artifacts().filter { $0.kind != .dataset }
            if connection.json {
                for artifact in artifacts { try Screen.shared.result(JSONText.line(artifact)) }
            } else {
                try Screen.shared.show(
                    ArtifactText.models(artifacts),
                    orSay: "no models yet; make one with 'grove train tree' or 'grove model import'")
            }
            return .success
        }
    }
}
