#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Settings as the JSON texts that a safetensors file keeps in its metadata.
enum SettingsText {
    /// Longer texts are refused unread.
    static let limit = 1 << 20

    /// The same value always gives the same text.
    static func encode(_ value: some Encodable) throws(TreeError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw TreeError("The settings cannot be written as JSON: \(error)")
        }
    }

    /// - Parameter name: what the text is, for the error's sentence.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String?, _ name: String) throws(TreeError)
        -> Value
    {
        guard let text else { throw TreeError("The file's metadata lacks \"\(name)\", so it is not a tree's file.") }
        guard text.utf8.count <= limit else {
            throw TreeError(
                "\"\(name)\" in the file's metadata is \(text.utf8.count) bytes long; at most \(limit) are read.")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            let reason = (error as? DecodingError)?.reason ?? "it is not valid"
            throw TreeError(
                "\"\(name)\" in the file's metadata cannot be read, \(reason): another release may have written it, "
                    + "so read it with that one.")
        }
    }
}

extension TreeVAEConfiguration {
    /// Settings from their JSON text, checked.
    package init(json: String) throws(TreeError) {
        self = try SettingsText.decode(Self.self, from: json, "config")
        try validate()
    }

    /// These settings as JSON text; equal settings give equal text.
    package func json() throws(TreeError) -> String { try SettingsText.encode(self) }
}
