/// Bounds of a classifier's settings; the rest is in `TrainingBounds`.
package enum ClassifierBounds {
    package static let epochs = 1...100_000
}
