import ArgumentParser
import GroveClient

/// What a training keeps on its way.
struct SavingOptions: ParsableArguments {
    @Option(
        help: "Steps, or a time such as 10m, from one checkpoint to the next; may be given once of each (default: 2m).")
    var checkpointEvery: [String] = []

    @Option(help: "A time, such as 10m, from one sheet of samples to the next (default: none).")
    var sheetEvery: String?

    func apply(to policy: inout Grove_V1_CheckpointPolicy) throws(RPCError) {
        try policy.setEvery(checkpointEvery)
        if let sheetEvery { try policy.setSheetEvery(sheetEvery) }
    }
}
