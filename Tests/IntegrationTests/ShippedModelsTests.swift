import Foundation
import GroveClient
import QueueLoad
import Testing

/// The models that come with Grove, offered by `grove up` from a folder of programs as somebody has copied it.
@Suite struct ShippedModelsTests {
    private struct Listed: Codable {
        var name: String
        var kind: String
        var file: String
        var sha256: String
        var tree: String?
    }

    /// Copies of the programs, and beside them three models that were trained for a moment.
    private struct Installation {
        let folder: URL
        var models: URL { folder.appending(path: "grove_ShippedModels.resources/Models") }

        init(_ grove: TestGrove) async throws {
            folder = grove.scratch.appending(path: "installed")
            try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
            for program in ["grove", "grove-broker", "grove-worker"] {
                try FileManager.default.copyItem(at: Programs.url(program), to: folder.appending(path: program))
            }
            try await train(grove)
            let client = try grove.client()
            var list: [Listed] = []
            for (name, kind) in [("tree", ArtifactKind.tree), ("compact", .diffusion), ("names", .classifier)] {
                var reference = ArtifactRef()
                reference.name = name
                let artifact = try await client.artifact(reference, kind)
                let file = "mnist-\(kind.name).safetensors"
                try await grove.groveSucceeds(
                    "model", "export", name, "--kind", kind.name, "-o", models.appending(path: file).path)
                list.append(
                    Listed(
                        name: "mnist-\(kind.name)", kind: kind.name, file: file, sha256: artifact.ref.sha256,
                        tree: kind == .diffusion ? "mnist-tree" : nil))
            }
            try JSONEncoder().encode(list).write(to: models.appending(path: "models.json"))
        }

        private func train(_ grove: TestGrove) async throws {
            let broker = try await grove.startBroker()
            let worker = try grove.startWorker()
            try await grove.prepareModels()
            let large = grove.scratch.appending(path: "large.safetensors")
            try await grove.groveSucceeds("model", "export", "diffusion", "-o", large.path)
            try await grove.groveSucceeds("model", "import", "compact", large.path, "--tree", "tree", "--compact")
            try await grove.groveSucceeds(
                "train", "classifier", "names", "--data", "digits", "--set", "batch_size=16", "--set", "epochs=1", "-o",
                grove.scratch.appending(path: "names").path)
            _ = (broker, worker)
        }

        func write(_ bytes: Data, _ file: String) throws { try bytes.write(to: models.appending(path: file)) }
    }

    private func expectModels(_ expected: [String], _ grove: TestGrove) async throws {
        let found = try await grove.client().artifacts().filter { $0.kind != .dataset }
        #expect(found.map { "\($0.kind.name) \($0.ref.text)" } == expected)
    }

    @Test func theyAreThereFromTheFirstStartAndOnlyOnce() async throws {
        try await TestGrove.with { grove in
            let installed = try await Installation(grove)
            let data = grove.scratch.appending(path: "fresh")
            let all = ["tree mnist-tree@1", "diffusion mnist-diffusion@1", "classifier mnist-classifier@1"]
            try await grove.up(installed.folder, data: data) { _ in
                try await expectModels(all, grove)
                let drawn = grove.scratch.appending(path: "drawn")
                try await grove.groveSucceeds(
                    "sample", "--tree", "mnist-tree", "--diffusion", "mnist-diffusion", "-n", "2", "--steps", "2", "-o",
                    drawn.path)
                #expect(FileManager.default.fileExists(atPath: drawn.appending(path: "sheet-refined.png").path))
            }
            try await grove.up(installed.folder, data: data) { _ in
                try await expectModels(all, grove)
                let jobs = try await grove.client().jobs().jobs
                #expect(jobs.count { $0.kind == "import-model" } == 3)
            }
        }
    }

    /// What is missing or damaged is a sentence, and everything else is there.
    @Test func damagedFilesAreSaidAndTheRestIsOffered() async throws {
        try await TestGrove.with { grove in
            let installed = try await Installation(grove)
            try installed.write(Data("not a model".utf8), "mnist-classifier.safetensors")
            try FileManager.default.removeItem(at: installed.models.appending(path: "mnist-diffusion.safetensors"))
            try await grove.up(installed.folder, data: grove.scratch.appending(path: "partly")) { up in
                try await expectModels(["tree mnist-tree@1"], grove)
                #expect(
                    up.printed.contains("mnist-diffusion, which comes with Grove, is not offered: there is no file"))
                #expect(up.printed.contains("mnist-classifier.safetensors' is damaged"))
            }
            try installed.write(Data("[{".utf8), "models.json")
            try await grove.up(installed.folder, data: grove.scratch.appending(path: "none")) { up in
                try await expectModels([], grove)
                #expect(up.printed.contains("models.json' is damaged"))
            }
            try FileManager.default.removeItem(at: installed.models.deletingLastPathComponent())
            try await grove.up(installed.folder, data: grove.scratch.appending(path: "none")) { up in
                #expect(up.printed.contains("there is no file '\(installed.models.path)/models.json'"))
            }
        }
    }

    /// A data folder of an earlier release, in which a user has a tree of that name already.
    @Test func whatAUserHasUnderTheNameStays() async throws {
        try await TestGrove.with { grove in
            let installed = try await Installation(grove)
            let list = try Data(contentsOf: installed.models.appending(path: "models.json"))
            try installed.write(Data("[]".utf8), "models.json")
            let data = grove.scratch.appending(path: "earlier")
            try await grove.up(installed.folder, data: data) { _ in
                try await expectModels([], grove)
                // Another tree than the one that comes with Grove.
                let digits = try TinyDigits.write(to: grove.scratch, count: 64)
                try await grove.groveSucceeds("data", "import", "digits", digits.images.path, digits.labels.path)
                try await grove.groveSucceeds(
                    "train", "tree", "mnist-tree", "--data", "digits", "--preset", "tiny", "--set", "batch_size=32",
                    "--set", "epochs_initial=1", "--set", "epochs_split=1", "--set", "epochs_intermediate=0", "--set",
                    "epochs_final=1", "--set", "leaves=2", "--seed", "9", "-o",
                    grove.scratch.appending(path: "own").path)
            }
            try installed.write(list, "models.json")
            try await grove.up(installed.folder, data: data) { up in
                try await expectModels(["tree mnist-tree@1", "classifier mnist-classifier@1"], grove)
                #expect(up.printed.contains("its tree, mnist-tree, is not there as it came"))
            }
        }
    }
}
