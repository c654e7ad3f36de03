import Calls
import Wire

/// The caller's side of the protocol, against a broker that says anything.
struct EngineTarget: FuzzTarget {
    static let name = "engine"

    init(scratch: String) {}

    func seeds() -> [[UInt8]] { EngineSeeds.all.map { Pieces($0).bytes } }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var pieces = Pieces(input: input)
        for _ in 0...random.below(4) {
            pieces.mutate(&random) { EngineSeeds.mutate($0, &$1) }
        }
        if pieces.list.count > 400 { pieces.list.removeLast(pieces.list.count - 400) }
        return pieces.bytes
    }

    func run(_ input: [UInt8]) throws -> Int {
        var stage = EngineStage()
        let steps = Pieces(input: input).list
        for step in steps { try stage.take(step) }
        try stage.visit()
        return steps.count
    }
}
