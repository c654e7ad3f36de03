import Foundation

/// A JSON value from a fixture's metadata, with typed reading that says which key is wrong.
package enum JSONValue: Equatable, Sendable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package struct WrongType: Error, CustomStringConvertible {
        package let description: String
    }

    package init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = Self.attempt({ try container.decode(Bool.self) }) {
            self = .bool(value)
        } else if let value = Self.attempt({ try container.decode(Double.self) }) {
            self = .number(value)
        } else if let value = Self.attempt({ try container.decode(String.self) }) {
            self = .string(value)
        } else if let value = Self.attempt({ try container.decode([JSONValue].self) }) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// A decoder cannot say what kind of value comes next, only whether one kind fits.
    private static func attempt<Value>(_ decode: () throws -> Value) -> Value? {
        do { return try decode() } catch { return nil }
    }

    // MARK: Reading

    package func value(_ key: String) throws -> JSONValue {
        guard case .object(let members) = self, let value = members[key] else {
            throw WrongType(description: "The fixture's settings have no key \"\(key)\".")
        }
        return value
    }

    package func bool(_ key: String) throws -> Bool {
        guard case .bool(let value) = try value(key) else { throw wrong(key, "true or false") }
        return value
    }

    package func double(_ key: String) throws -> Double {
        guard case .number(let value) = try value(key) else { throw wrong(key, "a number") }
        return value
    }

    package func float(_ key: String) throws -> Float { Float(try double(key)) }

    package func int(_ key: String) throws -> Int {
        guard let value = Int(exactly: try double(key)) else { throw wrong(key, "a whole number") }
        return value
    }

    /// nil for JSON's null.
    package func optionalInt(_ key: String) throws -> Int? {
        try value(key) == .null ? nil : try int(key)
    }

    package func string(_ key: String) throws -> String {
        guard case .string(let value) = try value(key) else { throw wrong(key, "a string") }
        return value
    }

    package func array(_ key: String) throws -> [JSONValue] { try value(key).elements() }

    package func ints(_ key: String) throws -> [Int] {
        try array(key).map { element in
            guard case .number(let number) = element, let value = Int(exactly: number) else {
                throw wrong(key, "whole numbers")
            }
            return value
        }
    }

    package func strings(_ key: String) throws -> [String] { try array(key).strings() }

    /// The elements of an array.
    package func elements() throws -> [JSONValue] {
        guard case .array(let values) = self else {
            throw WrongType(description: "The fixture's settings have something else where an array is wanted.")
        }
        return values
    }

    private func wrong(_ key: String, _ wanted: String) -> WrongType {
        WrongType(description: "The fixture's settings have something else than \(wanted) under \"\(key)\".")
    }
}

extension [JSONValue] {
    package func strings() throws -> [String] {
        try map { element in
            guard case .string(let value) = element else {
                throw JSONValue.WrongType(description: "The fixture's settings have something else than strings.")
            }
            return value
        }
    }
}
