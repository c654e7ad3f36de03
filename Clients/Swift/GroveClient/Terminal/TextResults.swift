import Calls
import Wire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Results that are meant to be read at once: short plain text, such as an evaluation's sentences.
package enum TextResults {
    /// Longer texts are left in their files.
    private static let longest: UInt64 = 64 << 10

    /// The lines of those results, safe to be shown on a terminal.
    ///
    /// - Parameter paths: where the results were stored, in their order.
    /// - Throws: `FileError` for one that cannot be read again.
    package static func lines(of results: [FileRef], at paths: [String]) throws(FileError) -> [String] {
        var lines: [String] = []
        for (result, path) in zip(results, paths) where result.mediaType == "text/plain" && result.size <= longest {
            let bytes: Data
            do {
                bytes = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw FileError(.missing, path, "the result '\(path)' cannot be read; check its folder")
            }
            lines += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0).printable }
        }
        return lines
    }
}
