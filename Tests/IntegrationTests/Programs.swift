import Foundation

/// Where the built programs are: beside the test binary.
enum Programs {
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// The project's folder.
    static let package = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardized

    /// The sample of digits that comes with the project.
    static let digits = package.appending(path: "Deploy/sample-data")

    static func url(_ name: String) -> URL { folder.appending(path: name) }
}

/// What a finished program printed.
struct ProgramResult {
    let status: Int32
    let output: String
    let errors: String
}
