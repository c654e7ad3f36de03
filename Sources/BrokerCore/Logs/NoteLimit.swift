/// Bounds what peers can make the broker write into its log.
struct NoteLimit {
    static let linesPerSecond = 50

    private var second: Int64 = 0
    private var written = 0
    private var left = 0

    /// The notes that are written: so many a second, and then how many were left out.
    mutating func limited(_ notes: [String], now: Duration) -> [String] {
        guard !notes.isEmpty else { return [] }
        var lines: [String] = []
        if now.components.seconds != second {
            if left > 0 {
                lines.append("\(left) more lines were left out; at most \(Self.linesPerSecond) a second are written")
            }
            (second, written, left) = (now.components.seconds, 0, 0)
        }
        let fitting = notes.prefix(Self.linesPerSecond - written)
        written += fitting.count
        left += notes.count - fitting.count
        return lines + fitting
    }
}
