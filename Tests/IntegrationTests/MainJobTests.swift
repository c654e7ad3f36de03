import Foundation
import GroveClient
import Testing

/// The main job, as a person does it, through real processes.
@Suite struct MainJobTests {
    @Test func trainsAndDrawsLeafByLeaf() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            let worker = try grove.startWorker()
            try await grove.prepareModels()
            let drawn = grove.scratch.appending(path: "drawn")
            try await grove.groveSucceeds(
                "sample", "--tree", "tree", "--diffusion", "diffusion", "--leaves", "all", "-n", "2", "--steps", "3",
                "-o", drawn.path)
            let again = grove.scratch.appending(path: "again")
            try await grove.groveSucceeds(
                "sample", "--tree", "tree", "--diffusion", "diffusion", "--leaves", "all", "-n", "2", "--steps", "3",
                "-o", again.path)
            let files = try FileManager.default.subpathsOfDirectory(atPath: drawn.path).filter { $0.hasSuffix(".png") }
            #expect(files.contains("sheet-tree.png") && files.contains("sheet-refined.png"))
            #expect(files.count { $0.hasPrefix("images/") } % 2 == 0)
            for file in files {
                let first = try Data(contentsOf: drawn.appending(path: file))
                let second = try Data(contentsOf: again.appending(path: file))
                #expect(first == second, "\(file) differs between two jobs with one seed")
            }
            let image = try #require(files.first { $0.hasPrefix("images/") })
            let rebuilt = grove.scratch.appending(path: "rebuilt")
            try await grove.groveSucceeds(
                "reconstruct", "--tree", "tree", "--no-refine", drawn.appending(path: image).path, "-o", rebuilt.path)
            #expect(FileManager.default.fileExists(atPath: rebuilt.appending(path: "sheet.png").path))
            let refined = grove.scratch.appending(path: "refined")
            try await grove.groveSucceeds(
                "refine", "--tree", "tree", "--diffusion", "diffusion", "--steps", "2",
                drawn.appending(path: image).path, "-o", refined.path)
            #expect(FileManager.default.fileExists(atPath: refined.appending(path: "sheet.png").path))
            let evaluated = grove.scratch.appending(path: "evaluated")
            try await grove.groveSucceeds("evaluate", "--tree", "tree", "--data", "digits", "-o", evaluated.path)
            #expect(FileManager.default.fileExists(atPath: evaluated.appending(path: "evaluation.json").path))

            worker.signal(SIGTERM)
            #expect(await worker.waitForEnd() == 0, "the worker did not stop cleanly: \(worker.printed)")
        }
    }

    /// What was learned, as numbers and as pictures.
    @Test func measuresAndDrawsFigures() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            _ = try grove.startWorker()
            try await grove.prepareModels()
            try await grove.groveSucceeds(
                "train", "classifier", "names", "--data", "digits", "--set", "batch_size=16", "--set", "epochs=4", "-o",
                grove.scratch.appending(path: "names").path)
            let measured = grove.scratch.appending(path: "measured")
            try await grove.groveSucceeds(
                "evaluate", "--tree", "tree", "--data", "digits", "--classifier", "names", "--steps", "2",
                "--distance-images", "8", "--leaf-images", "2", "--likelihood-samples", "2", "-o", measured.path)
            let text = try String(contentsOf: measured.appending(path: "evaluation.txt"), encoding: .utf8)
            for words in ["log-likelihood", "classifier names@1", "tree and diffusion", "leaf 0"] {
                #expect(text.contains(words), "\(words)")
            }
            let drawn = grove.scratch.appending(path: "figures")
            try await grove.groveSucceeds(
                "figure", "diffusion", "--data", "digits", "--classifier", "names", "--leaf-images", "9", "--steps",
                "2",
                "-o", drawn.path)
            for name in ["reconstructions", "generations", "one-root", "classes"] {
                for ending in ["png", "svg"] {
                    let file = drawn.appending(path: "\(name).\(ending)")
                    #expect(FileManager.default.fileExists(atPath: file.path), "\(file.lastPathComponent)")
                }
            }
            let alone = try await grove.groveFails(
                "evaluate", "--tree", "tree", "--data", "digits", "--leaf-images", "2")
            #expect(alone.errors.contains("classifier"))
        }
    }

    @Test func refusesBadInputInOneSentence() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            _ = try grove.startWorker()
            try await grove.prepareModels()
            let noSuch = try await grove.groveFails("status", "zzzzzzzzzzzzzz")
            #expect(noSuch.errors.contains("zzzzzzzzzzzzzz"))
            let leaf = try await grove.groveFails("sample", "--tree", "tree", "--no-refine", "--leaf", "99")
            #expect(leaf.errors.contains("99"))
            _ = try await grove.groveFails("sample", "--tree", "tree", "-n", "0")
            _ = try await grove.groveFails("sample", "--tree", "tree", "-n", "10000000")
            let tree = try await grove.groveFails("sample", "--tree", "oak")
            #expect(tree.errors.contains("oak"))
            let key = try await grove.groveFails("train", "tree", "t", "--data", "digits", "--set", "colour=red")
            #expect(key.errors.contains("colour"))

            let damaged = grove.scratch.appending(path: "digits-images-idx3-ubyte")
            let bytes = try Data(contentsOf: damaged)
            try bytes.prefix(bytes.count - 100).write(to: damaged)
            let truncated = try await grove.groveFails("data", "import", "broken", damaged.path)
            #expect(truncated.errors.contains("digits-images-idx3-ubyte"), "\(truncated.errors)")
            let picture = grove.scratch.appending(path: "picture.png")
            try Data("not a picture".utf8).write(to: picture)
            let image = try await grove.groveFails("reconstruct", "--tree", "tree", "--no-refine", picture.path)
            #expect(image.errors.contains("picture.png"), "\(image.errors)")
        }
    }
}
