extension Grove_V1_SlotKind {
    /// The word for it in lists and logs.
    package var name: String {
        switch self {
        case .interactive: "interactive"
        case .training: "training"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}
