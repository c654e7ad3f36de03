import Foundation

extension Fixture {
    /// All fixtures of one kind. A folder that lacks the kind leaves the project's own files of it, so that no test
    /// passes because it had nothing to compare.
    package static func all(kind: String) throws -> [Fixture] {
        var ofKind = try chosen.get().filter { $0.kind == kind }
        if ofKind.isEmpty { ofKind = try own.get().filter { $0.kind == kind } }
        guard ofKind.isEmpty else { return ofKind }
        throw FixtureError("There are no fixtures of kind \"\(kind)\".")
    }

    /// Where the package lies.
    package static let packageRoot: URL = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let own = Result { try read(folder: packageRoot.appending(path: "Tests/Fixtures")) }

    private static let chosen = Result {
        if let named = ProcessInfo.processInfo.environment["GROVE_FIXTURES"], !named.isEmpty {
            return try read(folder: URL(filePath: named))
        }
        let beside = packageRoot.deletingLastPathComponent().appending(path: "shared/fixtures")
        return FileManager.default.fileExists(atPath: beside.path) ? try read(folder: beside) : try own.get()
    }

    /// Every fixture of a folder, by name; one that is damaged fails all, and so does an empty folder.
    package static func read(folder: URL) throws -> [Fixture] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "safetensors" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else { throw FixtureError("The folder \(folder.path) holds no *.safetensors fixtures.") }
        return try files.map(Fixture.init(contentsOf:))
    }
}
