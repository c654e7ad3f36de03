/// How a U-Net is built. The names in its JSON are those of the authors' settings, so their files describe it too.
package struct UNetConfiguration: Codable, Sendable, Equatable {
    /// What to do with images whose size the published network does not take as it is.
    package enum PaddingRule: String, Codable, Sendable, CaseIterable {
        /// Zero-pad inside the network to the next power of two, unless the size is 32, 64 or 128.
        case published
        /// Run at the image's own size, which the number of levels must divide: 28, 14, 7.
        case native
    }

    /// How the leaf enters the network, where it does.
    package enum LeafSignal: String, Codable, Sendable {
        /// The published way: the leaf's number as one real value through a small MLP. A dropped leaf looks like leaf 0.
        case index
        /// A learned vector a leaf, and one more for "no leaf", so no order is imposed on clusters.
        case embedding
    }

    /// Channels of the image.
    package var imageChannels: Int
    /// Height and width of the image.
    package var imageSize: Int
    /// Channels at the first level; the time embedding is four times as wide.
    package var modelChannels: Int
    /// Channels of each level as multiples of `modelChannels`; each level halves the image.
    package var channelMultipliers: [Int]
    package var residualBlocks: Int
    /// Downsampling factors (1, 2, 4, ...), not pixel sizes, at which attention follows each residual block.
    package var attentionDownsample: [Int]
    package var attentionHeads: Int
    /// Values in the conditioning signal; 1 for a leaf's number.
    package var signalSize: Int
    /// Whether the tree's image is concatenated to the noisy one.
    package var seesReconstruction: Bool
    /// Whether the leaf is added to the time embedding. As published this also switches between scale-and-shift and
    /// plain addition of the embedding inside the residual blocks.
    package var seesLeaf: Bool
    package var dropout: Double
    /// Groups of every group normalisation; must divide every channel count.
    package var groups: Int
    package var paddingRule: PaddingRule
    package var leafSignal: LeafSignal
    /// Rows of the embedding table without the one for "no leaf"; unused for `index`.
    package var leafCount: Int

    package init(
        imageChannels: Int, imageSize: Int, modelChannels: Int = 64, channelMultipliers: [Int] = [1, 2, 2, 2],
        residualBlocks: Int = 2, attentionDownsample: [Int] = [], attentionHeads: Int = 8, signalSize: Int = 1,
        seesReconstruction: Bool = true, seesLeaf: Bool = true, dropout: Double = 0, groups: Int = 32,
        paddingRule: PaddingRule = .published, leafSignal: LeafSignal = .index, leafCount: Int = 0
    ) {
        self.imageChannels = imageChannels
        self.imageSize = imageSize
        self.modelChannels = modelChannels
        self.channelMultipliers = channelMultipliers
        self.residualBlocks = residualBlocks
        self.attentionDownsample = attentionDownsample
        self.attentionHeads = attentionHeads
        self.signalSize = signalSize
        self.seesReconstruction = seesReconstruction
        self.seesLeaf = seesLeaf
        self.dropout = dropout
        self.groups = groups
        self.paddingRule = paddingRule
        self.leafSignal = leafSignal
        self.leafCount = leafCount
    }

    private enum CodingKeys: String, CodingKey {
        case imageChannels = "in_channels"
        case imageSize = "image_size"
        case modelChannels = "model_channels"
        case channelMultipliers = "channel_mult"
        case residualBlocks = "num_res_blocks"
        case attentionDownsample = "attention_downsample"
        case attentionHeads = "num_heads"
        case signalSize = "z_dim"
        case seesReconstruction = "conditional_on_low_res"
        case seesLeaf = "use_z"
        case dropout
        case groups = "groupnorm_groups"
        case paddingRule = "padding_rule"
        case leafSignal = "leaf_signal"
        case leafCount = "leaf_count"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            imageChannels: values.decode(Int.self, forKey: .imageChannels),
            imageSize: values.decode(Int.self, forKey: .imageSize),
            modelChannels: values.decode(Int.self, forKey: .modelChannels),
            channelMultipliers: values.decode([Int].self, forKey: .channelMultipliers),
            residualBlocks: values.decode(Int.self, forKey: .residualBlocks),
            attentionDownsample: values.decode([Int].self, forKey: .attentionDownsample),
            attentionHeads: values.decode(Int.self, forKey: .attentionHeads),
            signalSize: values.decode(Int.self, forKey: .signalSize),
            seesReconstruction: values.decode(Bool.self, forKey: .seesReconstruction),
            seesLeaf: values.decode(Bool.self, forKey: .seesLeaf),
            dropout: values.decode(Double.self, forKey: .dropout),
            groups: values.decode(Int.self, forKey: .groups),
            // Grove's own fields; the authors' settings have none of them and mean the published network.
            paddingRule: values.decodeIfPresent(PaddingRule.self, forKey: .paddingRule) ?? .published,
            leafSignal: values.decodeIfPresent(LeafSignal.self, forKey: .leafSignal) ?? .index,
            leafCount: values.decodeIfPresent(Int.self, forKey: .leafCount) ?? 0)
    }
}

extension UNetConfiguration {
    /// Zeros added on each side before the first convolution.
    package var padding: Int {
        if paddingRule == .native || [32, 64, 128].contains(imageSize) { return 0 }
        var size = 1
        while size < imageSize { size *= 2 }
        return (size - imageSize) / 2
    }

    /// Height and width inside the network.
    package var paddedSize: Int { imageSize + 2 * padding }

    /// Channels of the first convolution's input.
    package var inputChannels: Int { seesReconstruction ? 2 * imageChannels : imageChannels }

    /// Channels of the time embedding.
    package var embeddingChannels: Int { 4 * modelChannels }

    /// Values in all parameters of the network; the configuration must be a valid one.
    package var parameterCount: Int { UNetPlan(self).parameterCount(self) }
}
