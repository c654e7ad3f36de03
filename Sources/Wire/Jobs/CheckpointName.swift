/// The name that tells at which step a checkpoint was written: `checkpoint-1200`.
package enum CheckpointName {
    package static func of(step: Int) -> String { "checkpoint-\(step)" }

    /// - Returns: `nil` for a file that is called otherwise.
    package static func step(of name: String) -> Int? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "checkpoint", let step = Int(parts[1]), step >= 0 else { return nil }
        return step
    }
}
