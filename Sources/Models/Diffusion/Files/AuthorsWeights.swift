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

    /// The model with the file's weights; a checkpoint without an average is drawn with its raw weights.
    /// Other tensors of the file are not looked at. Throws a sentence that names the tensor that does not fit.
    package static func load(
        _ bytes: [UInt8], description: DiffusionDescription, weights: DiffusionModelFile.Weights = .average
    ) throws -> DiffusionModel {
        let file = try Safetensors(bytes: bytes)
        try DiffusionModelFile.requireWeights(for: description.network, in: file)
        guard
            let pair = prefixes.first(where: {
                file["\($0.raw)\(landmark)"] != nil && file["\($0.average)\(landmark)"] != nil
            })
        else {
            throw DiffusionError(
                "The file holds no U-Net of the authors' code: no tensor is named \(landmark), with or without one of "
                    + "their prefixes.")
        }
        let model = try DiffusionModel(description, seed: 0)
        try model.network.state.load(file.under(weights == .average ? pair.average : pair.raw))
        return model
    }

    /// A tensor that every one of their networks has.
    private static let landmark = "time_embed.0.weight"
}
