/// How a TreeVAE is built. The names in its JSON are those of the authors' settings, so their files describe it too.
///
/// Channel lists run from the encoder's end to the root: a node at depth k of a tree with N levels has
/// `latentChannels[N - 1 - k]` latent channels and reads the bottom-up feature d^(N-1-k).
package struct TreeVAEConfiguration: Codable, Sendable, Equatable {
    /// What a decoder's output means, and with it the reconstruction loss.
    package enum Output: String, Codable, Sendable {
        /// A probability a pixel, with binary cross-entropy.
        case sigmoid
        /// An unbounded value a pixel, with squared error.
        case linear = "mse"
    }

    package enum HiddenActivation: String, Codable, Sendable, CaseIterable {
        case swish
        /// Slope 0.3 below zero.
        case leakyReLU = "leaky_relu"
        case relu
    }

    package enum Architecture: String, Codable, Sendable {
        /// Three convolutions without residuals, for grey images.
        case convolutional = "cnn1"
        /// Residual blocks, for colour images.
        case residual = "cnn2"
    }

    /// What the contrastive losses compare.
    package enum AugmentationMethod: String, Codable, Sendable {
        /// Augmented images without a contrastive loss.
        case simple
        /// The decisions of both views at every split.
        case decisions = "InfoNCE"
        /// Projections of every bottom-up level.
        case everyLevel = "instancewise_full"
        /// The projection of the encoder's output only.
        case firstLevel = "instancewise_first"
    }

    package var output: Output
    package var hiddenActivation: HiddenActivation
    package var spectralNorm: Bool
    package var residualConnections: Bool
    /// C_z of each level, from the encoder's end to the root.
    package var latentChannels: [Int]
    /// C_d of each level, from the encoder's output d^(0) to the root's d^(N-1).
    package var bottomUpChannels: [Int]
    /// Height and width of latents and bottom-up features.
    package var representationSize: Int
    package var imageSize: Int
    package var imageChannels: Int
    package var architecture: Architecture
    /// `cnn2` only: resample with learned strided convolutions rather than pooling and interpolation.
    package var learnedResampling: Bool
    /// Whether training compares two augmented views of each image.
    package var augment: Bool
    package var augmentationMethods: [AugmentationMethod]
    /// w_aug, the weight of all contrastive losses.
    package var augmentationWeight: Double
    package var routerDropout: Double
    /// α in the first epoch of each stage.
    package var initialKLWeight: Double

    package init(
        output: Output = .sigmoid, hiddenActivation: HiddenActivation = .swish, spectralNorm: Bool = false,
        residualConnections: Bool = false, latentChannels: [Int], bottomUpChannels: [Int], representationSize: Int,
        imageSize: Int, imageChannels: Int, architecture: Architecture, learnedResampling: Bool = false,
        augment: Bool = false, augmentationMethods: [AugmentationMethod] = [.simple], augmentationWeight: Double = 1,
        routerDropout: Double = 0, initialKLWeight: Double = 0
    ) {
        self.output = output
        self.hiddenActivation = hiddenActivation
        self.spectralNorm = spectralNorm
        self.residualConnections = residualConnections
        self.latentChannels = latentChannels
        self.bottomUpChannels = bottomUpChannels
        self.representationSize = representationSize
        self.imageSize = imageSize
        self.imageChannels = imageChannels
        self.architecture = architecture
        self.learnedResampling = learnedResampling
        self.augment = augment
        self.augmentationMethods = augmentationMethods
        self.augmentationWeight = augmentationWeight
        self.routerDropout = routerDropout
        self.initialKLWeight = initialKLWeight
    }
}

extension TreeVAEConfiguration {
    /// N, the number of bottom-up features and the number of depths a node can have.
    package var levels: Int { bottomUpChannels.count }

    /// The deepest a leaf can lie; the root has depth 0.
    package var maximumDepth: Int { levels - 1 }

    /// The index of the bottom-up feature that a node at `depth` reads.
    package func featureIndex(depth: Int) -> Int { levels - 1 - depth }

    /// C_z of a node at `depth`.
    package func latentChannels(depth: Int) -> Int { latentChannels[featureIndex(depth: depth)] }

    /// C_d of a node at `depth`.
    package func bottomUpChannels(depth: Int) -> Int { bottomUpChannels[featureIndex(depth: depth)] }

    /// Bottom-up levels that have a contrastive projection.
    package var contrastiveLevels: Int {
        let projects = augmentationMethods.contains(.everyLevel) || augmentationMethods.contains(.firstLevel)
        return projects ? levels : 0
    }

    /// Bottom-up levels whose projections are compared.
    package var comparedLevels: Int {
        if augmentationMethods.contains(.everyLevel) { return levels }
        return augmentationMethods.contains(.firstLevel) ? 1 : 0
    }

    /// Whether a training pass has contrastive losses, and so wants two views of each image.
    package var isContrastive: Bool { augment && !augmentationMethods.contains(.simple) }
}

extension TreeVAEConfiguration {
    private enum CodingKeys: String, CodingKey {
        case output = "activation"
        case hiddenActivation = "act_function"
        case spectralNorm = "spectral_norm"
        case residualConnections = "res_connections"
        case latentChannels = "latent_channels"
        case bottomUpChannels = "bottom_up_channels"
        case representationSize = "representation_dim"
        case imageSize = "inp_shape"
        case imageChannels = "inp_channels"
        case architecture = "encoder"
        case learnedResampling = "dim_mod_conv"
        case augment
        case augmentationMethods = "augmentation_method"
        case augmentationWeight = "aug_decisions_weight"
        case routerDropout = "dropout_router"
        case initialKLWeight = "kl_start"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            output: values.decode(Output.self, forKey: .output),
            hiddenActivation: values.decode(HiddenActivation.self, forKey: .hiddenActivation),
            spectralNorm: values.decode(Bool.self, forKey: .spectralNorm),
            residualConnections: values.decode(Bool.self, forKey: .residualConnections),
            latentChannels: values.decode([Int].self, forKey: .latentChannels),
            bottomUpChannels: values.decode([Int].self, forKey: .bottomUpChannels),
            representationSize: values.decode(Int.self, forKey: .representationSize),
            imageSize: values.decode(Int.self, forKey: .imageSize),
            imageChannels: values.decode(Int.self, forKey: .imageChannels),
            architecture: values.decode(Architecture.self, forKey: .architecture),
            // Older settings of the authors have no such field and mean false.
            learnedResampling: values.decodeIfPresent(Bool.self, forKey: .learnedResampling) ?? false,
            augment: values.decodeIfPresent(Bool.self, forKey: .augment) ?? false,
            augmentationMethods: values.decodeIfPresent([AugmentationMethod].self, forKey: .augmentationMethods)
                ?? [.simple],
            augmentationWeight: values.decodeIfPresent(Double.self, forKey: .augmentationWeight) ?? 1,
            routerDropout: values.decodeIfPresent(Double.self, forKey: .routerDropout) ?? 0,
            initialKLWeight: values.decodeIfPresent(Double.self, forKey: .initialKLWeight) ?? 0)
    }
}
