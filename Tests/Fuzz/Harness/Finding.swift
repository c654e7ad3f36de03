import Foundation
import Wire

/// An input that breaks something.
struct Finding {
    let target: String
    var input: [UInt8]
    let reason: String
    /// Where in the sources, or what; findings with one place are one finding.
    let place: String
    let explanation: String

    /// Runs the input once more, to learn where it ends.
    init(_ child: ChildProcess, _ input: [UInt8], _ ending: ChildProcess.Ending) throws {
        target = child.type.name
        self.input = input
        let again = try child.replay(input, explains: true)
        explanation = try child.printed
        switch again == .well ? ending : again {
        case .well: (reason, place) = ("", "")
        case .violation(let text):
            reason = text
            // The same rule with other numbers is the same finding.
            place = String(text.prefix(160).filter { !$0.isNumber })
        case .trap(let text):
            let isAlone = again == .well
            reason = text + (isAlone ? " (only after the inputs before it)" : "")
            place = Self.place(in: explanation) ?? text
        }
    }

    /// The topmost frame of a backtrace that is in the project's sources.
    private static func place(in backtrace: String) -> String? {
        for line in backtrace.split(separator: "\n") where line.contains(" in ") && !line.contains("/.build/") {
            for folder in ["Sources/", "Clients/", "Tests/"] {
                if let range = line.range(of: "/" + folder) { return folder + line[range.upperBound...] }
            }
        }
        return nil
    }

    // MARK: Smaller

    private static let tries = 120

    /// The same finding with fewer bytes, roughly: pieces are left out as long as it stays a finding of the same sort.
    func minimised(_ child: ChildProcess) throws -> Finding {
        var (best, tries) = (self, 0)
        let sort = try Self.sort(child.replay(input))
        guard sort != .well else { return self }
        var size = max(1, input.count / 2)
        while size >= 1, tries < Self.tries {
            var start = 0
            while start < best.input.count, tries < Self.tries {
                var candidate = best.input
                candidate.removeSubrange(start..<min(candidate.count, start + size))
                tries += 1
                if try Self.sort(child.replay(candidate)) == sort { best.input = candidate } else { start += size }
            }
            size /= 2
        }
        return best
    }

    /// What a smaller input must do as well.
    private static func sort(_ ending: ChildProcess.Ending) -> ChildProcess.Ending {
        switch ending {
        case .well: .well
        case .violation(let text): .violation(String(text.prefix(40).filter { !$0.isNumber }))
        case .trap(let text): .trap(String(text.prefix(160)))
        }
    }

    /// - Returns: where it is.
    func save(in folder: String) throws -> String {
        let path = "\(folder)/\(target)/\(SHA256.hexDigest(of: input).prefix(16))"
        try FileManager.default.createDirectory(atPath: "\(folder)/\(target)", withIntermediateDirectories: true)
        try Data(input).write(to: URL(fileURLWithPath: path))
        try Data("\(reason)\n\(place)\n\n\(explanation)\n".utf8).write(to: URL(fileURLWithPath: path + ".txt"))
        return path
    }
}
