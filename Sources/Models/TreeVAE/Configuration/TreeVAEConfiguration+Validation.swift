extension TreeVAEConfiguration {
    /// Refuses sizes that no TreeVAE has, before anything of that size is made. Settings come from files and users.
    package func validate() throws(TreeError) {
        try require((2...16).contains(levels), "bottom_up_channels", "2 to 16 levels", levels)
        try require(
            latentChannels.count == levels, "latent_channels", "\(levels) levels as bottom_up_channels",
            latentChannels.count)
        for channels in latentChannels + bottomUpChannels {
            try require(
                (1...1024).contains(channels), "latent_channels and bottom_up_channels", "1 to 1024 each", channels)
        }
        try require((1...64).contains(representationSize), "representation_dim", "1 to 64", representationSize)
        try require((4...512).contains(imageSize), "inp_shape", "4 to 512", imageSize)
        try require((1...16).contains(imageChannels), "inp_channels", "1 to 16", imageChannels)
        try require((0..<1).contains(routerDropout), "dropout_router", "at least 0 and below 1", routerDropout)
        try require((0...1).contains(initialKLWeight), "kl_start", "0 to 1", initialKLWeight)
        try require(
            (0...1e6).contains(augmentationWeight), "aug_decisions_weight", "0 to a million", augmentationWeight)
        try validateResampling()
    }

    private func validateResampling() throws(TreeError) {
        guard representationSize < imageSize else {
            throw TreeError(
                "representation_dim is \(representationSize) but must be smaller than inp_shape, \(imageSize).")
        }
        switch architecture {
        case .convolutional:
            let sizes = LinearSteps.floored(from: imageSize, to: representationSize, count: 4)
            let channels =
                LinearSteps.floored(from: imageChannels, to: bottomUpChannels[0], count: 4)
                + Set(latentChannels).flatMap { LinearSteps.floored(from: $0, to: imageChannels, count: 4) }
            guard (sizes + channels).allSatisfy({ $0 >= 1 }), zip(sizes, sizes.dropFirst()).allSatisfy({ $0 > $1 })
            else {
                throw TreeError("cnn1 cannot shrink \(imageSize) pixels to \(representationSize) in three steps.")
            }
        case .residual:
            var size = representationSize
            while size < imageSize { size *= 2 }
            guard size == imageSize else {
                throw TreeError(
                    "cnn2 halves the image: inp_shape \(imageSize) must be representation_dim \(representationSize) times a power of two."
                )
            }
        }
    }

    private func require(
        _ condition: Bool, _ field: String, _ expected: String, _ found: some CustomStringConvertible
    ) throws(TreeError) {
        guard condition else { throw TreeError("\(field) is \(found.description) but must be \(expected).") }
    }
}
