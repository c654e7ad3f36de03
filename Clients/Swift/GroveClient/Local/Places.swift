import Calls

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where things are on this machine.
package enum Places {
    /// The directory of the program that runs.
    package static var programs: String {
        let path: String
        #if os(Linux)
        do {
            path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            path = CommandLine.arguments.first ?? ""
        }
        #else
        path = CommandLine.arguments.first ?? ""
        #endif
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return folder.isEmpty ? "." : folder
    }

    /// `$XDG_DATA_HOME/grove` where that is set, `~/.grove` otherwise.
    package static func data(_ environment: [String: String]) -> String {
        // The specification asks for relative paths to be ignored.
        if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return base + "/grove" }
        return (environment["HOME"] ?? ".") + "/.grove"
    }

    package static var environment: [String: String] { ProcessInfo.processInfo.environment }

    package static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Makes a folder and those above it.
    package static func makeFolder(_ path: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(.unwritable, path, "the folder '\(path)' cannot be made; choose another with --data")
        }
    }

    /// Whether a file is there and can be run.
    package static func isProgram(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Milliseconds since 1970.
    package static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
