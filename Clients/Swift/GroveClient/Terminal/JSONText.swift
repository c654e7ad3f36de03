import SwiftProtobuf
import Wire

/// Messages in protobuf's JSON mapping, one line each.
package enum JSONText {
    package static func line(_ message: some Message) -> String {
        do {
            var options = JSONEncodingOptions()
            options.useDeterministicOrdering = true
            return escaped(try message.jsonString(options: options))
        } catch {
            preconditionFailure("a proto3 message without Any fields always has a JSON form, but: \(error)")
        }
    }

    /// A string as a JSON value.
    package static func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\t": json += "\\t"
            case "\r": json += "\\r"
            default: json.unicodeScalars.append(scalar)
            }
        }
        return escaped(json + "\"")
    }

    /// JSON may hold text that is not safe for a terminal: as escapes it is, and means the same. Outside of strings JSON
    /// has only ASCII.
    private static func escaped(_ json: String) -> String {
        if json.isSafe { return json }
        return json.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isSafe {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
    }

    /// `{"job":{…},"files":["…"]}`
    package static func outcome(_ job: Job, files: [String]) -> String {
        "{\"job\":\(line(job)),\"files\":[\(files.map(string).joined(separator: ","))]}"
    }
}
