extension DiffusionError {
    /// - Parameter names: what settings are called in the file that they are from.
    init(_ error: SettingsError, _ names: [String: String] = [:]) {
        self.init(error.sentence(names) + ".")
    }
}

extension UNetConfiguration {
    /// Refuses what cannot work, in the words of the authors' files.
    package func validate() throws(DiffusionError) {
        do { try check() } catch { throw DiffusionError(error, Self.fileNames) }
    }

    private static let fileNames = [
        "image_channels": "in_channels", "channel_multipliers": "channel_mult", "residual_blocks": "num_res_blocks",
        "the number of attention_sizes": "the number of values in attention_downsample", "heads": "num_heads",
        "signal_size": "z_dim", "norm_groups": "groupnorm_groups", "padding": "padding_rule",
    ]
}

extension DiffusionTrainingSettings {
    package func validate() throws(DiffusionError) {
        do { try check() } catch { throw DiffusionError(error) }
    }
}

extension SamplerSettings {
    package func validate() throws(DiffusionError) {
        do { try check() } catch { throw DiffusionError(error) }
    }
}
