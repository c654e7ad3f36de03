import ModelSettings

extension RPCError {
    /// - Parameter job: the field of the spec that asks for the training, such as `train_tree`.
    init(_ error: SettingsError, of job: String) {
        let field =
            switch error.subject {
            case .setting(let name): "\(job).settings.\(name)"
            case .images: "\(job).dataset"
            }
        self.init(
            .invalidArgument, "\(field) \(error.complaint)",
            violations: [.init(field: field, description: error.complaint)])
    }
}

extension Array {
    /// Refuses the first setting that is out of its bounds.
    func check<Settings>(_ settings: Settings) throws(SettingsError) where Element == SettingsField<Settings> {
        for field in self {
            if let complaint = field.complaint(about: settings) { throw SettingsError(field.name, complaint) }
        }
    }
}

/// Settings whose values are words.
enum SettingsWord {
    static func value<Value: RawRepresentable<String> & CaseIterable>(
        _ word: String, of setting: String
    ) throws(SettingsError) -> Value {
        guard let value = Value(rawValue: word) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(setting, "must be one of \(known), not \(word.prefix(80))")
        }
        return value
    }

    static func all<Value: RawRepresentable<String> & CaseIterable>(_: Value.Type) -> [String] {
        Value.allCases.map(\.rawValue)
    }
}
