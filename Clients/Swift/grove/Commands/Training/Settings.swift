import ArgumentParser
import GroveClient

struct Settings: AsyncParsableCommand {
    enum Model: String, ExpressibleByArgument, CaseIterable {
        case tree
        case diffusion
        case classifier
    }

    static let configuration = CommandConfiguration(abstract: "Lists all keys for --set.")

    @Argument(help: "Of which model.") var model: Model

    func run() async throws {
        try await reporting {
            switch model {
            case .tree: try Screen.shared.result(SettingsText.treeListing)
            case .diffusion: try Screen.shared.result(SettingsText.diffusionListing)
            case .classifier: try Screen.shared.result(SettingsText.classifierListing)
            }
            return .success
        }
    }
}
