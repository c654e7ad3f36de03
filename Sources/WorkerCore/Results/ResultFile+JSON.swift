import Foundation

extension ResultFile {
    /// A value as a JSON file, with keys in snake case and in order, so that equal values give equal files.
    static func json(_ name: String, _ value: some Encodable) throws -> ResultFile {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return ResultFile(
            name: name, mediaType: "application/json", bytes: [UInt8](try encoder.encode(value)) + [10])
    }
}

/// Numbers in sentences.
enum Decimals {
    /// Three digits after the point.
    static func text(_ value: Double) -> String { String(format: "%.3f", value) }

    static func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }
}
