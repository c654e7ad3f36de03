/// Images, or rows, that are read as one without a copy: one tensor, or two side by side, channel after channel, as what
/// comes from below and the skip of a U-Net.
package struct Parts {
    package let first: Tensor
    package let second: Tensor?

    package init(_ first: Tensor, _ second: Tensor? = nil) {
        precondition(
            second?.shape.differsInChannelsAlone(from: first.shape) ?? true,
            "Parts: shapes \(first.shape) and \(second?.shape ?? []) differ before the last axis")
        self.first = first
        self.second = second
    }

    /// Of both.
    package var channels: Int { first.channels + (second?.channels ?? 0) }
    package var rows: Int { first.rows }
    package var requiresGradient: Bool { first.requiresGradient || second?.requiresGradient == true }

    /// Calls `body` with each part and its first channel.
    func forEach(_ body: (_ part: Tensor, _ channel: Int) -> Void) {
        body(first, 0)
        if let second { body(second, first.channels) }
    }
}
