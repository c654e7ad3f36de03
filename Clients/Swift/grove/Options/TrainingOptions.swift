import ArgumentParser
import GroveClient

/// What both trainings take.
struct TrainingOptions: ParsableArguments {
    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case tiny
        case small
        case paper
    }

    @Option(help: "What everything that is not set comes from (default: small).")
    var preset: Preset?

    @Option(name: .customLong("set"), help: "A setting, key=value; may be given often. '--set help' lists all.")
    var settings: [String] = []

    @Option(help: "Seconds from one checkpoint to the next (default: 120).")
    var checkpointSeconds: UInt32 = 0

    var wantsListing: Bool { settings.contains("help") }

    /// What `--set` and `--preset` say together.
    var pairs: [String] { (preset.map { ["preset=\($0.rawValue)"] } ?? []) + settings }

    var checkpoints: Grove_V1_CheckpointPolicy? {
        guard checkpointSeconds > 0 else { return nil }
        var policy = Grove_V1_CheckpointPolicy()
        policy.everySeconds = checkpointSeconds
        return policy
    }
}
