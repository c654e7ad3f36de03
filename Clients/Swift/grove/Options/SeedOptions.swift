import ArgumentParser

struct SeedOptions: ParsableArguments {
    @Option(help: "The seed of all random numbers; the same seed gives the same result.")
    var seed: UInt64 = 0
}
