import Foundation
import GroveClient
import QueueLoad
import Testing

/// A night in one file, through real processes.
@Suite struct ChainRunTests {
    private static let night = """
        # A tree, what sharpens it, numbers and pictures.
        [pictures]
        run = "sample"
        after = "sharp"
        tree = "oak"
        diffusion = "oak-sharp"
        n = 2
        steps = 2

        [tree]
        run = "train tree oak"
        data = "digits"
        preset = "tiny"
        set = { batch_size = 32, epochs_initial = 1, epochs_split = 1, epochs_intermediate = 0, epochs_final = 1, leaves = 3 }

        [sharp]
        run = "train diffusion oak-sharp"
        after = ["tree"]
        data = "digits"
        tree = "oak"
        preset = "tiny"
        set = { steps = 2, batch_size = 8 }

        [measures]
        run = "evaluate"
        after = "tree"
        tree = "oak"
        data = "digits"
        """

    private func write(_ text: String, to grove: TestGrove) throws -> String {
        let file = grove.scratch.appending(path: "night.toml")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test func aNightRunsFromTreeToPictures() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            _ = try grove.startWorker()
            let digits = try TinyDigits.write(to: grove.scratch, count: 96)
            try await grove.groveSucceeds("data", "import", "digits", digits.images.path, digits.labels.path)
            let printed = try await grove.groveSucceeds("submit", write(Self.night, to: grove))
            let rows = printed.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            #expect(rows.map(\.first) == ["tree", "measures", "sharp", "pictures"])
            let client = try grove.client()
            for row in rows {
                let job = try await client.wait(row[1])
                #expect(job.state == .succeeded, "\(row[0]): \(job.failure.message)")
            }
        }
    }

    @Test func aFailedParentEndsThoseAfterItAndMistakesSubmitNothing() async throws {
        try await TestGrove.with { grove in
            _ = try await grove.startBroker()
            _ = try grove.startWorker()
            let digits = try TinyDigits.write(to: grove.scratch, count: 96)
            try await grove.groveSucceeds("data", "import", "digits", digits.images.path, digits.labels.path)
            // The first job takes longer than it may, and fails.
            let long = Self.night.replacingOccurrences(
                of: "set = { batch_size = 32, epochs_initial = 1,",
                with: "max_runtime = \"1s\"\nset = { batch_size = 32, epochs_initial = 100000,")
            let ids = try await grove.groveSucceeds("submit", write(long, to: grove))
                .split(separator: "\n").compactMap { $0.split(separator: "\t").last.map(String.init) }
            let client = try grove.client()
            for id in ids { #expect(try await client.wait(id).state == .failed) }
            #expect(try await client.job(ids[3]).failure.message.isEmpty == false)

            let before = try await client.jobs(limit: 100).jobs.count
            for (old, new, words) in [
                ("after = \"tree\"", "after = \"tre\"", "is 'tree' meant?"),
                ("preset = \"tiny\"", "present = \"tiny\"", "'--preset'?"),
                ("[tree]", "[list]\nrun = \"jobs\"\n\n[tree]", "submits no job"),
                ("run = \"train tree oak\"", "run = \"train tree oak\"\nafter = \"pictures\"", "wait for each other"),
                ("[tree]", "[tree", "is not TOML: line"),
                ("data = \"digits\"", "data = \"letters\"", "letters"),
            ] {
                let file = try write(Self.night.replacingOccurrences(of: old, with: new), to: grove)
                let refused = try await grove.groveFails("submit", file)
                #expect(refused.errors.contains(words), "\(refused.errors)")
                #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
            }
            #expect(try await client.jobs(limit: 100).jobs.count == before)
        }
    }
}
