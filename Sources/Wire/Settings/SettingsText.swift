/// Model settings as people write them: `key=value`, one a piece.
package enum SettingsText {
    /// What is wrong with one value.
    struct Complaint: Error {
        let text: String
    }

    /// Reads settings of a tree.
    ///
    /// - Parameters:
    ///   - pairs: `learning_rate=0.001` and the like; of two with the same key the later counts. Dashes in keys are
    ///     taken as underscores.
    ///   - settings: what to start from.
    /// - Throws: `RPCError` INVALID_ARGUMENT with one sentence for the first thing that is wrong.
    package static func tree(
        _ pairs: [String], into settings: Grove_V1_TreeSettings = .init()
    ) throws(RPCError) -> Grove_V1_TreeSettings {
        try read(pairs, into: settings, fields: Grove_V1_TreeSettings.fields, model: "tree")
    }

    /// Reads settings of a diffusion model; otherwise like `tree`.
    package static func diffusion(
        _ pairs: [String], into settings: Grove_V1_DiffusionSettings = .init()
    ) throws(RPCError) -> Grove_V1_DiffusionSettings {
        try read(pairs, into: settings, fields: Grove_V1_DiffusionSettings.fields, model: "diffusion model")
    }

    /// Reads settings of a classifier; otherwise like `tree`.
    package static func classifier(
        _ pairs: [String], into settings: Grove_V1_ClassifierSettings = .init()
    ) throws(RPCError) -> Grove_V1_ClassifierSettings {
        try read(pairs, into: settings, fields: Grove_V1_ClassifierSettings.fields, model: "classifier")
    }

    /// Every setting of a tree, one a line: the name, what it may be, what it means.
    package static var treeListing: String { listing(Grove_V1_TreeSettings.fields) }

    /// Every setting of a diffusion model.
    package static var diffusionListing: String { listing(Grove_V1_DiffusionSettings.fields) }

    /// Every setting of a classifier.
    package static var classifierListing: String { listing(Grove_V1_ClassifierSettings.fields) }

    /// What is set, as it would be written.
    package static func text(_ settings: Grove_V1_TreeSettings) -> [String] {
        text(settings, fields: Grove_V1_TreeSettings.fields)
    }

    package static func text(_ settings: Grove_V1_DiffusionSettings) -> [String] {
        text(settings, fields: Grove_V1_DiffusionSettings.fields)
    }
}

extension SettingsText {
    private static func read<Settings>(
        _ pairs: [String], into settings: Settings, fields: [SettingsField<Settings>], model: String
    ) throws(RPCError) -> Settings {
        var settings = settings
        for pair in pairs {
            guard let equals = pair.firstIndex(of: "=") else {
                throw RPCError(
                    .invalidArgument,
                    "'\(pair.excerpt)' is not a setting; write key=value, for example batch_size=64")
            }
            let key = String(pair[..<equals]).replacingDashes
            guard let field = fields.first(where: { $0.name == key }) else {
                let nearest = EditDistance.nearest(to: key, among: fields.map(\.name)) ?? "batch_size"
                throw RPCError(
                    .invalidArgument,
                    "a \(model) has no setting '\(key.excerpt)'; the nearest is '\(nearest)', and '--set help' lists all"
                )
            }
            do {
                try field.set(&settings, to: String(pair[pair.index(after: equals)...]))
            } catch {
                throw RPCError(.invalidArgument, "\(field.name) \(error.text)")
            }
        }
        return settings
    }

    private static func listing<Settings>(_ fields: [SettingsField<Settings>]) -> String {
        let width = fields.map(\.name.count).max() ?? 0
        return fields.map { field in
            let padding = String(repeating: " ", count: width - field.name.count)
            return "\(field.name)\(padding)  \(field.meaning); \(field.form)"
        }.joined(separator: "\n")
    }

    private static func text<Settings>(_ settings: Settings, fields: [SettingsField<Settings>]) -> [String] {
        fields.compactMap { field in field.read(settings).map { "\(field.name)=\($0)" } }
    }

    /// Whole numbers without ".0".
    static func number(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension String {
    fileprivate var replacingDashes: String { String(map { $0 == "-" ? "_" : $0 }) }
}
