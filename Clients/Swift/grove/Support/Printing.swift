import GroveClient

extension Screen {
    /// A table for people or programs; a sentence on standard error when it is empty.
    func show(_ table: Table, orSay nothing: String) {
        let lines = table.lines(tableStyle)
        if lines.isEmpty { note(nothing) }
        for line in lines { result(line) }
    }
}
