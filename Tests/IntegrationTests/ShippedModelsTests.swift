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

    /// The real ones, beside the programs that were built.
    @Test func whatIsShippedIsWhatItsListAndItsCardsSay() async throws {
        let folder = Programs.folder.appending(path: "grove_ShippedModels.resources/Models")
        let list = try JSONDecoder().decode(
            [Listed].self, from: Data(contentsOf: folder.appending(path: "models.json")))
        #expect(list.map(\.name) == ["mnist-tree", "mnist-diffusion", "mnist-classifier"])
        var bytes = 0
        for model in list {
            let file = try Data(contentsOf: folder.appending(path: model.file))
            bytes += file.count
            #expect(SHA256.hexDigest(of: [UInt8](file)) == model.sha256, "\(model.name)")
            let card = try String(contentsOf: folder.appending(path: "\(model.name).md"), encoding: .utf8)
            #expect(card.contains(model.sha256), "\(model.name)")
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: "\(model.name).png").path))
        }
        #expect(bytes <= 10_000_000, "\(bytes) bytes")

        try await TestGrove.with { grove in
            try await grove.up(data: grove.scratch.appending(path: "shipped")) { _ in
                try await expectModels(list.map { "\($0.kind) \($0.name)@1" }, grove)
                try await grove.groveSucceeds("data", "import", "digits", Programs.digits.path, "--limit", "1000")
                try await grove.groveSucceeds(
                    "train", "tree", "oak", "--data", "digits", "--preset", "tiny", "--set", "epochs_initial=1",
                    "--set",
                    "epochs_split=1", "--set", "epochs_intermediate=0", "--set", "epochs_final=1", "--set", "leaves=2",
                    "-o", grove.scratch.appending(path: "oak").path)
                let measured = grove.scratch.appending(path: "measured")
                try await grove.groveSucceeds(
                    "evaluate", "--tree", "oak", "--data", "digits", "--classifier", "mnist-classifier",
                    "--distance-images", "20", "-o", measured.path)
                let json = try JSONSerialization.jsonObject(
                    with: Data(contentsOf: measured.appending(path: "evaluation.json")))
                let report = try #require(json as? [String: Any])
                #expect(try #require(report["classifier_accuracy"] as? Double) > 0.98)
                let distances = try #require(report["distances"] as? [String: Any])
                let network = try #require(distances["network"] as? String)
                #expect(network.contains("Grove's own classifier mnist-classifier@1"), "\(network)")
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

    /// Without a worker the imports wait for the next start; one that a person cancelled is not begun again.
    @Test func importsThatWaitedAreMadeUpForAndCancelledOnesAreNot() async throws {
        try await TestGrove.with { grove in
            let installed = try await Installation(grove)
            let data = grove.scratch.appending(path: "waiting")
            try await grove.up(installed.folder, data: data, workers: 0) { up in
                #expect(up.printed.contains("will be there when a worker has connected"))
                #expect(up.printed.contains("next, in another terminal: grove-worker --broker \(grove.endpoint)"))
                let client = try grove.client()
                let jobs = try await client.jobs().jobs
                let diffusion = try #require(jobs.first { $0.spec.importModel.name == "mnist-diffusion" })
                #expect(jobs.count == 3 && diffusion.after.count == 1)
                try await client.cancel(diffusion.id)
                try await grove.groveSucceeds("pause")
            }
            // Nobody waits for a person to open the queue.
            try await grove.up(installed.folder, data: data) { up in
                #expect(up.printed.contains("not imported yet: the queue is paused"))
            }
            try await grove.up(installed.folder, data: data, workers: 0) { _ in try await grove.groveSucceeds("resume")
            }
            let rest = ["tree mnist-tree@1", "classifier mnist-classifier@1"]
            try await grove.up(installed.folder, data: data) { up in
                try await expectModels(rest, grove)
                #expect(up.printed.contains("mnist-diffusion, which comes with Grove, could not be imported"))
            }
            // Its tree is there now, so it would be asked for in other words.
            try await grove.up(installed.folder, data: data) { up in
                try await expectModels(rest, grove)
                #expect(!up.printed.contains("offered") && !up.printed.contains("could not be imported"))
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

    /// The script that made the models, with settings that take moments.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "python3 writes the cards"))
    func theScriptMakesModelsListAndCards() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            _ = try grove.startWorker()
            let scripts = try script(in: grove)
            let digits = try TinyDigits.write(to: grove.scratch, count: 96)
            for set in ["train", "t10k"] {
                for (file, kind) in [(digits.images, "images-idx3"), (digits.labels, "labels-idx1")] {
                    try FileManager.default.copyItem(
                        at: file, to: grove.scratch.appending(path: "mnist/\(set)-\(kind)-ubyte"))
                }
            }
            let words = [
                scripts.appending(path: "make.sh").path, Programs.folder.path,
                grove.scratch.appending(path: "mnist").path, grove.scratch.appending(path: "work").path, "a test",
            ]
            for _ in 0..<2 {
                let made = try await grove.run(URL(fileURLWithPath: "/bin/sh"), words)
                try #require(made.status == 0, "\(made.errors)")
            }
            let trainings = try await grove.client().jobs().jobs.count { $0.kind.hasPrefix("train-") }
            #expect(trainings == 3, "a second run trains nothing again")
            let models = scripts.appending(path: "Models")
            let list = try JSONDecoder().decode(
                [Listed].self, from: Data(contentsOf: models.appending(path: "models.json")))
            #expect(list.map(\.kind) == ["tree", "diffusion", "classifier"] && list[1].tree == list[0].name)
            for model in list {
                let bytes = try Data(contentsOf: models.appending(path: model.file))
                #expect(SHA256.hexDigest(of: [UInt8](bytes)) == model.sha256)
                let card = try String(contentsOf: models.appending(path: "\(model.name).md"), encoding: .utf8)
                for words in [model.sha256, "grove train \(model.kind)", "--seed", "a test"] {
                    #expect(card.contains(words), "\(words) in \(card)")
                }
            }
        }
    }

    /// A copy of the script and its chains, with tiny settings in place of theirs.
    private func script(in grove: TestGrove) throws -> URL {
        let scripts = grove.scratch.appending(path: "scripts")
        for folder in ["scripts/Models", "mnist"] {
            try FileManager.default.createDirectory(
                at: grove.scratch.appending(path: folder), withIntermediateDirectories: true)
        }
        let tiny = [
            "[tree]": """
            preset = "tiny"
            set = { batch_size = 32, epochs_initial = 1, epochs_split = 1, epochs_intermediate = 0, epochs_final = 1, \
            leaves = 3 }
            """,
            "[classifier]": "set = { batch_size = 16, epochs = 1 }",
            "[diffusion]": "preset = \"tiny\"\nset = { steps = 2, batch_size = 8 }",
            "[evaluation]": "steps = 2\ndistance_images = 4",
            "[leaves]": "steps = 2\ndistance_images = 4\nleaf_images = 2",
            "[likelihood]": "likelihood_samples = 2",
            "[figures]": "leaf_images = 9\nsteps = 2", "[sheets]": "n = 1\nsteps = 2",
        ]
        let replaced = ["preset", "set ", "steps", "likelihood", "distance_images", "leaf_images", "n "]
        for name in ["make.sh", "cards.py", "train.toml", "measure.toml"] {
            let text = try String(
                contentsOf: Programs.package.appending(path: "Sources/ShippedModels/\(name)"), encoding: .utf8)
            let isChain = name.hasSuffix(".toml")
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).flatMap { line in
                guard isChain else { return [line] }
                if replaced.contains(where: line.hasPrefix) { return [] }
                return [line] + (tiny[line].map { [$0] } ?? [])
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: scripts.appending(path: name))
        }
        return scripts
    }
}
