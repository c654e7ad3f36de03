import Foundation

/// Runs a benchmark in a process of its own and reads the lines that it prints.
struct OwnProcess {
    let executable: URL
    let arguments: [String]

    /// This program again, for one case.
    static func own(_ item: BenchmarkCase) -> OwnProcess {
        OwnProcess(
            executable: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
            arguments: ["--alone", item.id])
    }

    /// Waits for its end. Its complaints go where ours go.
    func lines() throws -> [BenchmarkLine] {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError(
                "\(executable.lastPathComponent) \(arguments.joined(separator: " ")) ended with "
                    + "\(process.terminationStatus).")
        }
        return try text.split(separator: "\n").map { try BenchmarkLine(parsing: String($0)) }
    }
}
