import Models
import Neural

extension UNetConfiguration {
    /// A network of a few thousand parameters with all kinds of blocks.
    static func test(
        size: Int = 8, padding: PaddingRule = .published, leafSignal: LeafSignal = .index, leafCount: Int = 0,
        seesReconstruction: Bool = true, seesLeaf: Bool = true
    ) -> UNetConfiguration {
        UNetConfiguration(
            imageChannels: 1, imageSize: size, modelChannels: 8, channelMultipliers: [1, 2], residualBlocks: 1,
            attentionDownsample: [2], attentionHeads: 2, seesReconstruction: seesReconstruction, seesLeaf: seesLeaf,
            groups: 4, paddingRule: padding, leafSignal: leafSignal, leafCount: leafCount)
    }
}

extension StateDictionary {
    /// Gives every parameter generic values, also those that start at zero.
    func randomise(seed: UInt64 = 7) {
        for (number, (name, parameter)) in parameters.enumerated() {
            let value = parameter.value
            RandomKey(seed: seed, use: 0x5445_5354, step: UInt32(number)).fillNormal(value.data, value.count)
            let isNormWeight = value.shape.count == 1 && name.hasSuffix("weight")
            for index in 0..<value.count { value.data[index] = (isNormWeight ? 1 : 0) + 0.2 * value.data[index] }
        }
    }
}

extension DiffusionModel {
    /// A small model with generic weights over a tree of three leaves.
    static func test(
        _ network: UNetConfiguration = .test(), formulation: Formulation = .first, pixelRange: PixelRange = .minusOneOne
    ) throws -> DiffusionModel {
        let model = try DiffusionModel(
            DiffusionDescription(
                network: network, pixelRange: pixelRange, formulation: formulation, leafCount: 3, treeDigest: "abc"),
            seed: 1)
        model.network.state.randomise()
        return model
    }
}
