/// Bounds of what all trainings have.
package enum TrainingBounds {
    package static let batchSize = 1...65_536
    /// Where batches are normalised, one image has no variance.
    package static let normalisedBatchSize = 2...65_536
    package static let learningRate = 0.0...1
    package static let weightDecay = 0.0...1
}
