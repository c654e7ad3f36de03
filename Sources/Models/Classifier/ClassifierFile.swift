import FoundationEssentials
import Neural

/// What the metadata of classifiers' files and of their checkpoints have in common.
enum ClassifierFile {
    static func metadata(_ description: ClassifierDescription, kind: String) throws -> [String: String] {
        ["kind": kind, "description": try json(description)]
    }

    /// The same value always gives the same text.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The description in a file's metadata, checked.
    static func description(_ file: Safetensors, kind: String) throws -> ClassifierDescription {
        let found = file.metadata["kind"] ?? "unknown"
        guard found == kind else {
            throw ClassifierError("The file is of kind \(found.shown(40)); one of kind \(kind) is needed.")
        }
        let description = try decode(ClassifierDescription.self, file, "description")
        try description.validate()
        return description
    }

    /// One of the JSON texts in a file's metadata.
    static func decode<Value: Decodable>(_ type: Value.Type, _ file: Safetensors, _ key: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data((file.metadata[key] ?? "").utf8))
        } catch is DecodingError {
            throw ClassifierError("The \(key) in the file's metadata cannot be read; write the file again.")
        }
    }
}
