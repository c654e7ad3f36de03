import Neural

extension MemoryForecast {
    /// The peak of an evaluation beside its models: the largest of its passes, with the images and what is known of them.
    ///
    /// - Parameters:
    ///   - network: what distances are measured on, if they are, and how many images it sees at once.
    ///   - generation: of the images that are drawn for it, if some are.
    package static func evaluation(
        of tree: TreeVAE, dataset: ImageDataset, network: (features: any FeatureNetwork, images: Int)?,
        generation: MemoryForecast?
    ) -> MemoryForecast {
        let shape = Shape(dataset.height, dataset.width, dataset.channels)
        let tree = PassMemory(unit: 8) { _ = tree.pass(.zeros(shape.times($0)), noise: ZeroNoise(), in: .inference) }
        var step = max(tree.bytes(images: min(TreeEvaluation.batch, dataset.count)), generation?.step ?? 0)
        var images = dataset.pixels.count
        if let network {
            let pass = PassMemory(unit: 1) { _ = network.features.features(.zeros(shape.times($0))) }
            step = max(step, pass.bytes(images: network.images))
            images += dataset.count * network.features.dimension * MemoryLayout<Float>.stride
        }
        return MemoryForecast(step: step, images: images)
    }
}
