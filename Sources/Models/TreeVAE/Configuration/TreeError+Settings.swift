extension TreeError {
    /// - Parameter names: what settings are called in the file that they are from.
    init(_ error: SettingsError, _ names: [String: String] = [:]) {
        self.init(error.sentence(names) + ".")
    }
}

extension TreeVAEConfiguration {
    /// Refuses what cannot work, in the words of the authors' files.
    package func validate() throws(TreeError) {
        do { try check() } catch { throw TreeError(error, Self.fileNames) }
    }

    private static let fileNames = [
        "levels": "the number of levels in bottom_up_channels", "representation_size": "representation_dim",
        "image_size": "inp_shape", "image_channels": "inp_channels", "contrastive_weight": "aug_decisions_weight",
    ]
}

extension TreeTrainingSettings {
    package func validate() throws(TreeError) {
        do { try check() } catch { throw TreeError(error) }
    }
}
