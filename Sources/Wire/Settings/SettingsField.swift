/// One setting of a model: its name, what it may be, what it means, and how it is read and written. The fields of a
/// model, in one table, are what parsing, listing and validation work from.
package struct SettingsField<Settings: Sendable>: Sendable {
    package enum Value: Hashable, Sendable {
        case flag(Bool)
        case whole(UInt32)
        case number(Double)
        case text(String)
        case wholes([UInt32])
    }

    package enum Form: Hashable, Sendable {
        case flag
        case whole(ClosedRange<UInt32>)
        case number(ClosedRange<Double>)
        case choice([String])
        /// So many whole numbers at most, each in the range.
        case wholes(ClosedRange<UInt32>, count: Int)
    }

    package let name: String
    package let form: Form
    /// One line, in the paper's words where it has them.
    package let meaning: String
    /// The value that is set; `nil` leaves it to the preset.
    package let read: @Sendable (Settings) -> Value?
    let write: @Sendable (inout Settings, Value) -> Void
}

// MARK: Making the table

extension SettingsField {
    typealias Path<T> = WritableKeyPath<Settings, T> & Sendable
    typealias Has = KeyPath<Settings, Bool> & Sendable

    static func flag(_ name: String, _ path: any Path<Bool>, _ has: any Has, _ meaning: String) -> Self {
        Self(name: name, form: .flag, meaning: meaning, read: { $0[keyPath: has] ? .flag($0[keyPath: path]) : nil }) {
            if case .flag(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func whole(
        _ name: String, _ range: ClosedRange<Int>, _ path: any Path<UInt32>, _ has: any Has, _ meaning: String
    ) -> Self {
        Self(
            name: name, form: .whole(UInt32(range.lowerBound)...UInt32(range.upperBound)), meaning: meaning,
            read: { $0[keyPath: has] ? .whole($0[keyPath: path]) : nil }
        ) {
            if case .whole(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func number(
        _ name: String, _ range: ClosedRange<Double>, _ path: any Path<Double>, _ has: any Has, _ meaning: String
    ) -> Self {
        Self(
            name: name, form: .number(range), meaning: meaning,
            read: { $0[keyPath: has] ? .number($0[keyPath: path]) : nil }
        ) {
            if case .number(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func choice(
        _ name: String, _ words: [String], _ path: any Path<String>, _ has: any Has, _ meaning: String
    ) -> Self {
        Self(
            name: name, form: .choice(words), meaning: meaning,
            read: { $0[keyPath: has] ? .text($0[keyPath: path]) : nil }
        ) {
            if case .text(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func wholes(
        _ name: String, _ range: ClosedRange<Int>, count: Int, _ path: any Path<[UInt32]>, _ meaning: String
    ) -> Self {
        Self(
            name: name, form: .wholes(UInt32(range.lowerBound)...UInt32(range.upperBound), count: count),
            meaning: meaning,
            read: { $0[keyPath: path].isEmpty ? nil : .wholes($0[keyPath: path]) }
        ) {
            if case .wholes(let value) = $1 { $0[keyPath: path] = value }
        }
    }
}

// MARK: Checking and reading

extension SettingsField {
    /// What is wrong with the value that is set, to follow the field's name; `nil` when nothing is.
    func complaint(about settings: Settings) -> String? {
        guard let value = read(settings) else { return nil }
        return complaint(about: value)
    }

    private func complaint(about value: Value) -> String? {
        let fits =
            switch (form, value) {
            case (.flag, .flag): true
            case (.whole(let range), .whole(let value)): range.contains(value)
            // A NaN is in no range.
            case (.number(let range), .number(let value)): range.contains(value)
            case (.choice(let words), .text(let value)): words.contains(value)
            case (.wholes(let range, let count), .wholes(let values)):
                values.count <= count && values.allSatisfy(range.contains)
            default: false
            }
        return fits ? nil : "must be \(form), not \(value)"
    }

    /// Reads and checks `text`, then sets the field.
    /// - Throws: what is wrong, to follow the field's name.
    func set(_ settings: inout Settings, to text: String) throws(SettingsText.Complaint) {
        guard let value = parse(text) else { throw .init(text: "must be \(form), not '\(text.excerpt)'") }
        if let complaint = complaint(about: value) { throw .init(text: complaint) }
        write(&settings, value)
    }

    private func parse(_ text: String) -> Value? {
        switch form {
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "on", "1": .flag(true)
            case "false", "no", "off", "0": .flag(false)
            default: nil
            }
        case .whole: UInt32(text).map { .whole($0) }
        case .number: Double(text).map { .number($0) }
        case .choice: .text(text)
        case .wholes: Self.list(text).map { .wholes($0) }
        }
    }

    private static func list(_ text: String) -> [UInt32]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt32($0) }
        return numbers.count == parts.count ? numbers : nil
    }
}

// MARK: In words

extension SettingsField.Form: CustomStringConvertible {
    package var description: String {
        switch self {
        case .flag: "true or false"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "a number from \(SettingsText.number(range.lowerBound)) to \(SettingsText.number(range.upperBound))"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .wholes(let range, let count):
            "up to \(count) whole numbers from \(range.lowerBound) to \(range.upperBound) with commas between"
        }
    }
}

extension SettingsField.Value: CustomStringConvertible {
    /// As it is written after the `=`.
    package var description: String {
        switch self {
        case .flag(let value): value ? "true" : "false"
        case .whole(let value): String(value)
        case .number(let value): SettingsText.number(value)
        case .text(let value): value.excerpt
        case .wholes(let values): values.map(String.init).joined(separator: ",")
        }
    }
}
