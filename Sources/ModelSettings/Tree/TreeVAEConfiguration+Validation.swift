extension TreeVAEConfiguration {
    /// Refuses sizes that no TreeVAE has, before anything of that size is made. Settings come from files and users.
    package func check() throws(SettingsError) {
        try TreeBounds.levels.require(levels, "levels")
        guard latentChannels.count == levels else {
            throw SettingsError(
                "latent_channels", "must be as many as the \(levels) levels, not \(latentChannels.count)")
        }
        for channels in latentChannels { try TreeBounds.channels.require(channels, "latent_channels") }
        for channels in bottomUpChannels { try TreeBounds.channels.require(channels, "bottom_up_channels") }
        try TreeBounds.representationSize.require(representationSize, "representation_size")
        try ImageBounds.side.require(imageSize, "image_size")
        try ImageBounds.channels.require(imageChannels, "image_channels")
        guard routerDropout >= 0, routerDropout < 1 else {
            throw SettingsError("dropout_router", "must be at least 0 and below 1, not \(routerDropout)")
        }
        try TreeBounds.alpha.require(initialKLWeight, "kl_start")
        try TreeBounds.contrastiveWeight.require(augmentationWeight, "contrastive_weight")
        try checkResampling()
    }

    private func checkResampling() throws(SettingsError) {
        switch architecture {
        case .convolutional:
            // Three steps, each of at least a pixel.
            guard representationSize <= imageSize - 3 else {
                throw SettingsError(
                    "representation_size",
                    "must be at most \(imageSize - 3) for images of \(imageSize) pixels, not \(representationSize)")
            }
        case .residual:
            let halves = Self.halves(of: imageSize)
            guard halves.contains(representationSize) else {
                let known = halves.isEmpty ? "none" : halves.map(String.init).joined(separator: ", ")
                throw SettingsError(
                    "representation_size",
                    "must come of halving the images' \(imageSize) pixels (\(known)), not be \(representationSize); "
                        + "set one of these, or scale the images to 32 or 64 pixels")
            }
        }
    }

    /// What is left of a side after halving it once, twice and so on.
    private static func halves(of side: Int) -> [Int] {
        var halves: [Int] = []
        var size = side
        while size % 2 == 0 {
            size /= 2
            if TreeBounds.representationSize.contains(size) { halves.append(size) }
        }
        return halves
    }
}
