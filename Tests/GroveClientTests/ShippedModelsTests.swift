import Calls
import Foundation
import Testing

@testable import GroveClient

@Suite("The list of the models that come with Grove")
struct ShippedModelsTests {
    private func read(_ list: String) throws -> ShippedModels {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shipped-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) }
        }
        try Data(list.utf8).write(to: folder.appending(path: "models.json"))
        return try ShippedModels(folder: folder.path)
    }

    @Test("may be empty")
    func empty() throws { #expect(try read("[]").models.isEmpty) }

    @Test("names files, kinds and trees")
    func full() throws {
        let models = try read(
            """
            [{"name": "oak", "kind": "tree", "file": "oak.safetensors", "sha256": "ab"},
             {"name": "sharp", "kind": "diffusion", "file": "s.safetensors", "sha256": "cd", "tree": "oak"}]
            """
        ).models
        #expect(models.map(\.name) == ["oak", "sharp"] && models.map(\.kind) == [.tree, .diffusion])
        #expect(models.map(\.tree) == [nil, "oak"] && models[0].file == "oak.safetensors")
    }

    @Test(
        "is refused in a sentence when it is damaged",
        arguments: [
            "", "[{", "{}", "[{\"name\": \"oak\"}]",
            "[{\"name\":\"a\",\"kind\":\"b\",\"file\":\"c\",\"sha256\":\"d\"}]",
        ])
    func damaged(list: String) throws {
        let error = #expect(throws: FileError.self) { try read(list) }
        #expect(error?.description.hasSuffix("is damaged; install Grove's programs and their folders again") == true)
    }

    @Test("is said to be missing where there is none")
    func missing() {
        let error = #expect(throws: FileError.self) { try ShippedModels(folder: "/nowhere") }
        #expect(error?.kind == .missing)
    }
}
