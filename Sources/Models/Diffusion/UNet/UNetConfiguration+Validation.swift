extension UNetConfiguration {
    /// Throws a sentence that names the first setting that cannot work. Bounds keep a hostile file from asking for
    /// terabytes.
    package func validate() throws(DiffusionError) {
        try checkSizes()
        try checkPixels()
        try checkChannels()
        try checkLeaf()
        let count = parameterCount
        guard count <= Self.parameterLimit else {
            throw DiffusionError(
                "These settings make a U-Net of \(count) parameters; at most \(Self.parameterLimit) are allowed.")
        }
    }

    /// A bound for settings from outside: the largest published network has 89 million parameters.
    private static let parameterLimit = 1_000_000_000

    private func checkSizes() throws(DiffusionError) {
        try require(1...16, imageChannels, "in_channels")
        try require(4...512, imageSize, "image_size")
        try require(2...1024, modelChannels, "model_channels")
        try require(1...8, channelMultipliers.count, "the number of values in channel_mult")
        for multiplier in channelMultipliers { try require(1...64, multiplier, "channel_mult") }
        try require(1...16, residualBlocks, "num_res_blocks")
        try require(0...32, attentionDownsample.count, "the number of values in attention_downsample")
        try require(1...256, attentionHeads, "num_heads")
        try require(1...65_536, signalSize, "z_dim")
        try require(1...1024, groups, "groupnorm_groups")
        try require(0...4096, leafCount, "leaf_count")
        guard dropout >= 0, dropout < 1 else {
            throw DiffusionError("The U-Net's dropout is \(dropout); it must be at least 0 and below 1.")
        }
        guard modelChannels % 2 == 0 else {
            throw DiffusionError(
                "The U-Net's model_channels is \(modelChannels); the time embedding needs an even one.")
        }
    }

    private func checkPixels() throws(DiffusionError) {
        guard paddingRule == .native || [32, 64, 128].contains(imageSize) || isPowerOfTwo(paddedSize) else {
            throw DiffusionError(
                "Images of \(imageSize) pixels cannot be padded equally on both sides to a power of two; "
                    + "use an even size or padding_rule native.")
        }
        let factor = 1 << (channelMultipliers.count - 1)
        guard paddedSize % factor == 0, paddedSize >= factor else {
            throw DiffusionError(
                "Images of \(imageSize) pixels run at \(paddedSize) inside the U-Net, which \(channelMultipliers.count) "
                    + "levels cannot halve evenly; use fewer levels or the published padding.")
        }
    }

    private func checkChannels() throws(DiffusionError) {
        for channels in UNetPlan(self).normalisedChannels where channels % groups != 0 {
            throw DiffusionError(
                "The U-Net normalises \(channels) channels in \(groups) groups, which does not divide; "
                    + "choose groupnorm_groups to divide model_channels.")
        }
        for channels in UNetPlan(self).attentionChannels where channels % attentionHeads != 0 {
            throw DiffusionError(
                "The U-Net has attention over \(channels) channels with \(attentionHeads) heads; "
                    + "choose num_heads to divide it.")
        }
    }

    private func checkLeaf() throws(DiffusionError) {
        guard seesLeaf, leafSignal == .embedding else { return }
        guard leafCount >= 1 else {
            throw DiffusionError(
                "A U-Net with leaf_signal embedding needs leaf_count, the number of the tree's leaves.")
        }
        guard signalSize == 1 else {
            throw DiffusionError("A U-Net with leaf_signal embedding takes one leaf number, so z_dim must be 1.")
        }
    }

    private func require(_ range: ClosedRange<Int>, _ value: Int, _ name: String) throws(DiffusionError) {
        guard range.contains(value) else {
            throw DiffusionError(
                "The U-Net's \(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    private func isPowerOfTwo(_ value: Int) -> Bool { value & (value - 1) == 0 }
}
