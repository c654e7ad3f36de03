/// How one stage of a tree's training runs. α and the learning rate start anew in each stage.
package struct TreeStageSettings: Codable, Sendable, Equatable {
    package var epochs: Int
    /// α of the first epoch and of the last one of the ramp.
    package var klStart: Double
    package var klEnd: Double
    /// Epochs over which α grows evenly; nil for all of the stage.
    package var klRampEpochs: Int?
    /// Epochs after which the learning rate falls to a tenth, again and again; nil for two thirds of the stage.
    package var decayEpochs: Int?
    /// What the training's learning rate is multiplied by from the start; nil for 1.
    package var rate: Double?

    package init(
        epochs: Int, klStart: Double, klEnd: Double, klRampEpochs: Int? = nil, decayEpochs: Int? = nil,
        rate: Double? = nil
    ) {
        self.epochs = epochs
        self.klStart = klStart
        self.klEnd = klEnd
        self.klRampEpochs = klRampEpochs
        self.decayEpochs = decayEpochs
        self.rate = rate
    }

    /// α, the weight of the divergences, constant within an epoch (counted from 0).
    package func alpha(epoch: Int) -> Double {
        let ramp = max(1, (klRampEpochs ?? epochs) - 1)
        return klStart + (klEnd - klStart) * min(1, Double(epoch) / Double(ramp))
    }

    /// What the learning rate is multiplied by in an epoch.
    package func learningRateFactor(epoch: Int) -> Double {
        let every = max(1, decayEpochs ?? (2 * epochs + 2) / 3)
        return (0..<epoch / every).reduce(rate ?? 1) { factor, _ in factor * 0.1 }
    }
}

extension TreeStageSettings {
    /// - Parameter name: of the stage.
    func check(_ name: String) throws(SettingsError) {
        try TreeBounds.epochs.require(epochs, "epochs_\(name)")
        try TreeBounds.alpha.require(klStart, "kl_start")
        try TreeBounds.alpha.require(klEnd, "kl_end of the stage \(name)")
        try TreeBounds.someEpochs.require(klRampEpochs ?? 1, "kl_ramp_epochs of the stage \(name)")
        try TreeBounds.someEpochs.require(decayEpochs ?? 1, "decay_epochs of the stage \(name)")
        try (0.0...1).require(rate ?? 1, "rate of the stage \(name)")
    }
}
