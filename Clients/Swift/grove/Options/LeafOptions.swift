import ArgumentParser
import GroveClient

/// Which leaf of the tree an image comes from.
struct LeafOptions: ParsableArguments {
    enum Leaves: String, ExpressibleByArgument, CaseIterable {
        case drawn
        case all
        case mostProbable = "most-probable"

        var choice: Grove_V1_LeafChoice {
            switch self {
            case .drawn: .drawn
            case .all: .all
            case .mostProbable: .mostProbable
            }
        }
    }

    @Option(help: "Draw every image from this leaf, counted from 0.")
    var leaf: UInt32?

    @Option(
        help: """
            Which leaf an image is drawn from: one by its probability, every leaf in turn, or the most probable one \
            (default: drawn).
            """)
    var leaves: Leaves?

    func validate() throws {
        if leaf != nil && leaves != nil {
            throw ValidationError("--leaf and --leaves cannot go together; name one leaf, or say how to choose.")
        }
    }

    var choice: (leaves: Grove_V1_LeafChoice, leaf: UInt32) {
        if let leaf { return (.one, leaf) }
        return ((leaves ?? .drawn).choice, 0)
    }
}
