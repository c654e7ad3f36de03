/// Levenshtein's distance, to say what somebody who mistyped a word may have meant.
package enum EditDistance {
    /// How many characters must be put in, taken out or changed to get from one word to the other.
    package static func between(_ one: String, _ other: String) -> Int {
        let other = Array(other)
        var row = Array(0...other.count)
        for (i, character) in one.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in other.indices {
                let change = diagonal + (character == other[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, diagonal + 1, row[j] + 1)
            }
        }
        return row[other.count]
    }

    /// The nearest of `words`; of equally near ones the first.
    package static func nearest(to word: String, among words: [String]) -> String? {
        // A hostile word is cut: the work grows with its length.
        let word = word.cut(toBytes: 64)
        return words.min { between(word, $0) < between(word, $1) }
    }
}
