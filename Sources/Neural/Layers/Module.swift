/// A part of a network that can name its parameters and buffers as the authors' state dictionaries do.
package protocol Module {
    /// Adds everything this part holds, in a fixed order, under names that begin with `path`.
    func collect(_ path: String, into state: inout StateDictionary)
}

extension Module {
    /// All parameters and buffers of this module, named from its own root.
    package var state: StateDictionary {
        var state = StateDictionary()
        collect("", into: &state)
        return state
    }
}
