import Foundation

/// Where the built programs are: beside the test binary.
enum Programs {
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static func url(_ name: String) -> URL { folder.appending(path: name) }
}

/// What a finished program printed.
struct ProgramResult {
    let status: Int32
    let output: String
    let errors: String
}
