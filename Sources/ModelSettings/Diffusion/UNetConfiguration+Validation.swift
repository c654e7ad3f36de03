extension UNetConfiguration {
    /// Refuses the first setting that cannot work. Bounds keep a hostile file from asking for terabytes.
    package func check() throws(SettingsError) {
        try checkSizes()
        try checkPixels()
        try checkChannels()
        try checkLeaf()
        let count = parameterCount
        guard count <= DiffusionBounds.parameters else {
            throw SettingsError(
                "model_channels",
                "and channel_multipliers make a U-Net of \(count) parameters, at most \(DiffusionBounds.parameters) are "
                    + "allowed; lower one of them, or residual_blocks")
        }
    }

    private func checkSizes() throws(SettingsError) {
        try ImageBounds.channels.require(imageChannels, "image_channels")
        try ImageBounds.side.require(imageSize, "image_size")
        try DiffusionBounds.modelChannels.require(modelChannels, "model_channels")
        guard modelChannels % 2 == 0 else {
            throw SettingsError("model_channels", "must be even, not \(modelChannels)")
        }
        guard DiffusionBounds.levels.contains(channelMultipliers.count) else {
            throw SettingsError("channel_multipliers", "must be 1 to 8 numbers, not \(channelMultipliers.count)")
        }
        for multiplier in channelMultipliers {
            try DiffusionBounds.multiplier.require(multiplier, "channel_multipliers")
        }
        try DiffusionBounds.residualBlocks.require(residualBlocks, "residual_blocks")
        try (0...32).require(attentionDownsample.count, "the number of attention_sizes")
        try DiffusionBounds.heads.require(attentionHeads, "heads")
        try DiffusionBounds.normGroups.require(groups, "norm_groups")
        try DiffusionBounds.dropout.require(dropout, "dropout")
        try (1...65_536).require(signalSize, "signal_size")
        try (0...DiffusionBounds.leaves.upperBound).require(leafCount, "leaf_count")
    }

    private func checkPixels() throws(SettingsError) {
        guard paddingRule == .native || isPowerOfTwo(paddedSize) else {
            throw SettingsError(
                "padding",
                "is published, which cannot pad images of \(imageSize) pixels equally on both sides; set padding=native "
                    + "with fewer channel_multipliers, or crop the images to an even side")
        }
        let levels = channelMultipliers.count
        let possible = min(DiffusionBounds.levels.upperBound, 1 + paddedSize.trailingZeroBitCount)
        guard levels <= possible else {
            let padded = padding > 0 ? " (padded to \(paddedSize))" : ""
            throw SettingsError(
                "channel_multipliers",
                "make \(levels) levels, but images of \(imageSize) pixels\(padded) can be halved for \(possible) at most; "
                    + "give fewer of them" + (paddingRule == .native ? ", or set padding=published" : ""))
        }
    }

    private func checkChannels() throws(SettingsError) {
        let plan = UNetPlan(self)
        try require(groups, toDivide: plan.normalisedChannels, "norm_groups", of: "the levels' channels")
        try require(attentionHeads, toDivide: plan.attentionChannels, "heads", of: "the channels under attention")
    }

    private func require(
        _ value: Int, toDivide channels: [Int], _ setting: String, of what: String
    ) throws(SettingsError) {
        let different = Set(channels).sorted()
        guard different.contains(where: { $0 % value != 0 }) else { return }
        let common = different.reduce(0, Self.greatestCommonDivisor)
        let nearest = (1...min(value, common)).last { common % $0 == 0 } ?? 1
        throw SettingsError(
            setting,
            "must divide \(what), \(different.map(String.init).joined(separator: ", ")), which \(value) does not; "
                + "\(nearest) would do")
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    private func checkLeaf() throws(SettingsError) {
        guard seesLeaf, leafSignal == .embedding else { return }
        guard leafCount >= 1 else {
            throw SettingsError("leaf_count", "must be the number of the tree's leaves where leaves have an embedding")
        }
        guard signalSize == 1 else {
            throw SettingsError("signal_size", "must be 1 where leaves have an embedding, not \(signalSize)")
        }
    }

    private func isPowerOfTwo(_ value: Int) -> Bool { value & (value - 1) == 0 }
}
