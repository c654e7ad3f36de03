import Neural

/// Everything about a diffusion model but its weights.
package struct DiffusionDescription: Codable, Sendable, Equatable {
    package var network: UNetConfiguration
    /// The range of the pixels that the network was trained on.
    package var pixelRange: PixelRange
    package var formulation: Formulation
    /// Leaves of the tree whose images it refines.
    package var leafCount: Int
    /// SHA-256 of that tree's model file, in hexadecimal; names the tree without holding it.
    package var treeDigest: String
    /// T and the ends of the linear β.
    package var steps: Int
    package var firstBeta: Double
    package var lastBeta: Double

    package init(
        network: UNetConfiguration, pixelRange: PixelRange = .minusOneOne, formulation: Formulation = .first,
        leafCount: Int, treeDigest: String, steps: Int = DiffusionSchedule.publishedSteps, firstBeta: Double = 1e-4,
        lastBeta: Double = 0.02
    ) {
        self.network = network
        self.pixelRange = pixelRange
        self.formulation = formulation
        self.leafCount = leafCount
        self.treeDigest = treeDigest
        self.steps = steps
        self.firstBeta = firstBeta
        self.lastBeta = lastBeta
    }

    /// The shape of one image, `[H, W, C]`.
    package var imageShape: Shape { Shape(network.imageSize, network.imageSize, network.imageChannels) }

    package var schedule: DiffusionSchedule { .linear(steps: steps, first: firstBeta, last: lastBeta) }

    /// Throws a sentence that names the first setting that cannot work.
    package func validate() throws(DiffusionError) {
        try network.validate()
        guard DiffusionBounds.leaves.contains(leafCount) else {
            throw DiffusionError(
                "A diffusion model's leaf count is \(leafCount); it must be from \(DiffusionBounds.leaves.lowerBound) to "
                    + "\(DiffusionBounds.leaves.upperBound).")
        }
        guard network.leafSignal == .index || !network.seesLeaf || network.leafCount == leafCount else {
            throw DiffusionError(
                "The U-Net has an embedding table for \(network.leafCount) leaves but the tree has \(leafCount); "
                    + "set leaf_count to the tree's.")
        }
        guard (1...100_000).contains(steps) else {
            throw DiffusionError("A diffusion process of \(steps) steps is not possible; choose from 1 to 100000.")
        }
        guard firstBeta > 0, lastBeta >= firstBeta, lastBeta < 1 else {
            throw DiffusionError(
                "The noise schedule runs from \(firstBeta) to \(lastBeta); both must lie between 0 and 1, in that order."
            )
        }
        guard formulation == .first || network.seesReconstruction else {
            throw DiffusionError("Formulation 2 adds the tree's image to the noise, so the U-Net must see that image.")
        }
    }
}
