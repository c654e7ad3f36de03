/// Settings of a run that goes on, some of them different from there on.
package struct SettingsChange<Settings: Sendable> {
    private let fields: [SettingsField<Settings>]
    private let earlier: Settings
    private let changes: Settings

    package init(_ fields: [SettingsField<Settings>], of earlier: Settings, by changes: Settings) {
        self.fields = fields
        self.earlier = earlier
        self.changes = changes
    }

    /// What was set before, and over it what is set now.
    package var result: Settings { earlier(with: fields) }

    /// Refuses the first setting that would change what the run keeps.
    ///
    /// - Parameters:
    ///   - job: the field of the spec that asks for the training.
    ///   - kept: what of a training with such settings must stay.
    package func requireKept<Kept: Equatable>(
        of job: String, _ kept: (Settings) throws(RPCError) -> Kept
    ) throws(RPCError) {
        let before = try kept(earlier)
        guard try kept(result) != before else { return }
        for field in fields where try kept(earlier(with: [field])) != before {
            let complaint = "cannot change in a run that goes on; leave it out, or train a new model with it"
            throw RPCError(
                .invalidArgument, "\(job).settings.\(field.name) \(complaint)",
                violations: [.init(field: "\(job).settings.\(field.name)", description: complaint)])
        }
    }

    private func earlier(with changed: [SettingsField<Settings>]) -> Settings {
        changed.reduce(into: earlier) { settings, field in
            if let value = field.read(changes) { field.write(&settings, value) }
        }
    }
}
