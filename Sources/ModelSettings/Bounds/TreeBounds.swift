/// Bounds of a tree's settings, for submissions, files and checkpoints alike.
package enum TreeBounds {
    /// Of latents and of the bottom-up path.
    package static let channels = 1...1024
    package static let representationSize = 1...64
    package static let levels = 2...16
    package static let leaves = 2...1024
    package static let contrastiveWeight = 0.0...1_000_000
    package static let alpha = 0.0...1
    /// Epochs of a stage that may be left out.
    package static let epochs = 0...100_000
    /// Epochs of a stage that must be there.
    package static let someEpochs = 1...100_000
    /// 0 for never.
    package static let splitsPerIntermediate = 0...1024
    package static let leafShare = 0.0...0.5
    package static let decayAfter = 0.0...1
    package static let warmUpSteps = 0...1_000_000
    package static let regrowths = 0...100
    /// Of a tree with all its leaves; the largest published one has 14 million.
    package static let parameters = 1_000_000_000
}
