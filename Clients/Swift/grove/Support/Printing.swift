import GroveClient

extension Screen {
    /// A table for people or programs; a sentence on standard error when it is empty.
    func show(_ table: Table, orSay nothing: String) throws(FileError) {
        let lines = table.lines(tableStyle)
        if lines.isEmpty { note(nothing) }
        for line in lines { try result(line) }
    }

    /// A line with the id of what was submitted just now. Where it cannot be written it is told on standard error at least:
    /// the job is there.
    func submitted(_ line: String) throws(FileError) {
        do throws(FileError) {
            try result(line)
        } catch {
            note(line)
            throw error
        }
    }
}
