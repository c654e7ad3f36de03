import SwiftProtobuf

/// Messages in protobuf's JSON mapping, one line each.
package enum JSONText {
    package static func line(_ message: some Message) -> String {
        do {
            var options = JSONEncodingOptions()
            options.useDeterministicOrdering = true
            return try message.jsonString(options: options)
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
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    /// `{"job":{…},"files":["…"]}`
    package static func outcome(_ job: Job, files: [String]) -> String {
        "{\"job\":\(line(job)),\"files\":[\(files.map(string).joined(separator: ","))]}"
    }
}
