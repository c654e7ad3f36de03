import ArgumentParser

struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains models.", subcommands: [TrainTree.self, TrainDiffusion.self, TrainClassifier.self])
}
