import Neural

/// Import of weights that the authors' code trained, converted to safetensors under their own names.
package enum AuthorsWeights {
    /// Where their checkpoints keep the trained and the averaged network; the last two are bare state dictionaries.
    private static let prefixes: [(raw: String, average: String)] = [
        ("online_network.decoder.", "target_network.decoder."),
        ("param.", "ema."),
        ("param.", "param."),
        ("", ""),
    ]

    /// A Grove model file with the file's weights; a checkpoint without an average is drawn with its raw weights.
    ///
    /// - Parameters:
    ///   - description: nil reads the network from the file's metadata "config" and takes the published process.
    ///   - leafCount, treeDigest: of the tree that the model was trained on.
    /// - Throws: A sentence that names the tensor that does not fit. Tensors outside the network are not looked at.
    package static func convert(
        _ bytes: [UInt8], description: DiffusionDescription? = nil, leafCount: Int, treeDigest: String
    ) throws -> [UInt8] {
        let file = try Safetensors(bytes: bytes)
        let description = try description ?? published(file, leafCount: leafCount, treeDigest: treeDigest)
        try description.validate()
        try DiffusionModelFile.requireWeights(for: description.network, in: file)
        guard let pair = prefixes.first(where: { file[$0.raw + landmark] != nil && file[$0.average + landmark] != nil })
        else {
            throw DiffusionError(
                "The file holds no U-Net of the authors' code: no tensor is named \(landmark), with or without one of "
                    + "their prefixes.")
        }
        let network = try UNet(description.network, seed: 0)
        try network.state.load(file.under(pair.raw))
        let raw = network.state.tensors()
        try network.state.load(file.under(pair.average))
        return try DiffusionModelFile.encode(description, raw: raw, average: network.state.tensors())
    }

    /// The published process around the network that the metadata describes.
    private static func published(
        _ file: Safetensors, leafCount: Int, treeDigest: String
    ) throws -> DiffusionDescription {
        let network = try DiffusionModelFile.decode(
            UNetConfiguration.self, file.metadata["config"] ?? "", what: "config")
        return DiffusionDescription(
            network: network, pixelRange: .zeroOne, leafCount: leafCount, treeDigest: treeDigest)
    }

    /// A tensor that every one of their networks has.
    private static let landmark = "time_embed.0.weight"
}
