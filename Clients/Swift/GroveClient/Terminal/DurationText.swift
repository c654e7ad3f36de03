/// Lengths of time as people write them: `90s`, `10m`, `1.5h`, `2d`.
package enum DurationText {
    /// Seconds, or `nil` where the text is no such length.
    package static func seconds(_ text: String) -> Double? {
        guard let unit = text.last, let scale = units[unit], let number = Double(text.dropLast()), number.isFinite,
            number > 0
        else { return nil }
        return number * scale
    }

    /// What is written, for a sentence.
    package static let form = "a number with s, m, h or d behind it, such as 90s or 1.5h"

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
}
