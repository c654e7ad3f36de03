import ArgumentParser
import GroveClient

struct ModelExport: AsyncParsableCommand {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case tree
        case diffusion
        case classifier

        var artifact: ArtifactKind {
            switch self {
            case .tree: .tree
            case .diffusion: .diffusion
            case .classifier: .classifier
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model into a safetensors file, for another broker or program.")

    @Argument(help: "The model, NAME or NAME@VERSION.") var name: String
    @Option(help: "Its kind, where models of several kinds have the name.") var kind: Kind?
    @Option(name: .shortAndLong, help: "The file (default: NAME.safetensors).", transform: path)
    var output: String?
    @OptionGroup var connection: BrokerOptions

    func validate() throws {
        _ = try validated { () throws(RPCError) in try ArtifactRef.parse(name) }
    }

    func run() async throws {
        try await reporting {
            let client = try connection.connect()
            let model = try await client.artifact(ArtifactRef.parse(name), kind?.artifact ?? .unspecified)
            guard model.kind != .dataset else {
                throw RPCError(.notFound, "'\(name)' is a dataset; see 'grove models' for what can be exported")
            }
            let path = output ?? "\(model.ref.name).safetensors"
            let screen = Screen.shared
            try await client.download(model, to: path) { done, total in
                screen.draw(
                    ProgressLine.transfer("downloading", done: done, total: total, name: path, width: screen.width - 1))
            }
            screen.clear()
            screen.note("\(model.kind.name) \(model.ref.text), SHA-256 \(model.ref.sha256)")
            try screen.result(path)
            return .success
        }
    }
}
