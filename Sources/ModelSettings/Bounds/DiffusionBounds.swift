/// Bounds of a diffusion model's settings, for submissions, files and checkpoints alike.
package enum DiffusionBounds {
    package static let modelChannels = 2...1024
    package static let levels = 1...8
    package static let multiplier = 1...64
    package static let residualBlocks = 1...16
    package static let attentionSizes = 0...8
    package static let attentionSize = 1...512
    package static let heads = 1...256
    package static let normGroups = 1...1024
    package static let dropout = 0.0...0.9
    package static let steps = 1...100_000_000
    package static let warmUpSteps = 0...100_000_000
    /// 0 for none.
    package static let gradientClip = 0.0...1_000_000
    package static let averageDecay = 0.0...1
    package static let dropRate = 0.0...1
    package static let leaves = 1...4096
    /// The largest published network has 89 million.
    package static let parameters = 1_000_000_000
}
