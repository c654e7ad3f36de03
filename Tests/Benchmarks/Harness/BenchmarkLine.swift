import Foundation

/// One line of the output: a flat JSON object whose fields keep their order.
struct BenchmarkLine: Sendable {
    enum Value: Sendable {
        case text(String)
        case whole(Int)
        /// Written with three or more significant digits; what is no number is null.
        case number(Double)
    }

    var fields: [(name: String, value: Value)]

    init(_ fields: [(String, Value)]) {
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    /// A line that another process has written. Throws where the text is no JSON object.
    init(parsing text: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        guard let object = object as? [String: Any] else {
            throw BenchmarkError("A benchmark process printed something that is no JSON object: \(text.prefix(200))")
        }
        // JSON has no order; that of the text is the one to keep.
        fields = object.sorted { Self.place($0.key, text) < Self.place($1.key, text) }.map { name, value in
            switch value {
            case let value as String: (name, .text(value))
            case let value as Int: (name, .whole(value))
            case let value as Double: (name, .number(value))
            default: (name, .number(.nan))
            }
        }
    }

    private static func place(_ name: String, _ text: String) -> String.Index {
        text.range(of: "\"\(name)\"")?.lowerBound ?? text.endIndex
    }

    func number(_ name: String) -> Double? {
        switch fields.first(where: { $0.name == name })?.value {
        case .number(let value): value
        case .whole(let value): Double(value)
        case .text, nil: nil
        }
    }

    var json: String {
        "{" + fields.map { "\(Self.quoted($0.name)): \(Self.text($0.value))" }.joined(separator: ", ") + "}"
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .whole(let number): String(number)
        case .number(let number): number.isFinite ? rounded(number) : "null"
        }
    }

    private static func rounded(_ number: Double) -> String {
        let digits = number.magnitude >= 1000 ? 0 : number.magnitude >= 100 ? 1 : number.magnitude >= 10 ? 2 : 3
        return String(format: "%.\(digits)f", number)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}

/// Why nothing could be measured, in one sentence.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
