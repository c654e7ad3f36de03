import Neural

extension Module {
    /// Zeroes every parameter: how the authors start the last layer of each block, so that it begins as its shortcut.
    func setToZero() {
        for (_, parameter) in state.parameters {
            parameter.value.data.update(repeating: 0, count: parameter.value.count)
        }
    }
}
