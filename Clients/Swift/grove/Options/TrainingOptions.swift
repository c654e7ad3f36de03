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

    @OptionGroup var saving: SavingOptions

    var wantsListing: Bool { settings.contains("help") }

    /// What `--set` and `--preset` say together.
    var pairs: [String] { (preset.map { ["preset=\($0.rawValue)"] } ?? []) + settings }
}
