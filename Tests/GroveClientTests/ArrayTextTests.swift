import Testing
import Wire

@testable import GroveClient

/// Arrays as people write them.
@Suite struct ArrayTextTests {
    private static var training: JobSpec {
        var spec = JobSpec()
        (spec.trainTree.name, spec.trainTree.dataset.name, spec.trainTree.seed) = ("night", "digits", 7)
        return spec
    }

    @Test func ranges() throws {
        let (indices, limit) = try ArrayText.range("0-63%8")
        #expect(indices == 0...63 && limit == 8)
        #expect(try ArrayText.range("5-5") == (5...5, 0))
        for text in ["", "5", "5-3", "-3", "0-3%", "0-3%0", "0-3%2%2", "0-3%x", "a-b", "0-4294967295"] {
            let error = #expect(throws: RPCError.self) { try ArrayText.range(text) }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test func seedsNameWhatIsMade() throws {
        let array = try Grove_V1_JobArray(of: Self.training, seeds: 3...5, atMostRunning: 2)
        #expect(array.atMostRunning == 2 && array.elements.map(\.index) == [3, 4, 5])
        #expect(array.elements.map(\.spec.trainTree.seed) == [3, 4, 5])
        #expect(array.elements.map(\.spec.trainTree.name) == ["night-3", "night-4", "night-5"])
    }

    @Test func sweepsCombine() throws {
        let sweeps = try ["learning_rate=0.1,0.2", "batch_size=8,16"].map { try ArrayText.sweep($0) }
        let array = try Grove_V1_JobArray(of: Self.training, seeds: nil, sweeps: sweeps)
        #expect(array.elements.map(\.index) == [0, 1, 2, 3])
        let settings = array.elements.map(\.spec.trainTree.settings)
        #expect(
            settings.map { Set(SettingsText.text($0)) } == [
                ["learning_rate=0.1", "batch_size=8"], ["learning_rate=0.1", "batch_size=16"],
                ["learning_rate=0.2", "batch_size=8"], ["learning_rate=0.2", "batch_size=16"],
            ])
        #expect(array.elements.allSatisfy { $0.spec.trainTree.seed == 7 })
        let seeded = try Grove_V1_JobArray(of: Self.training, seeds: 0...1, sweeps: sweeps)
        #expect(seeded.elements.count == 8 && Set(seeded.elements.map(\.spec.trainTree.name)).count == 8)
    }

    @Test func whatCannotBeRepeatedIsSaid() throws {
        var sample = JobSpec()
        sample.sample.count = 1
        #expect(throws: RPCError.self) {
            try Grove_V1_JobArray(of: sample, seeds: nil, sweeps: [["learning_rate=0.1"]])
        }
        var imported = JobSpec()
        imported.importDataset.name = "digits"
        #expect(throws: RPCError.self) { try Grove_V1_JobArray(of: imported, seeds: 0...1) }
        #expect(throws: RPCError.self) { try Grove_V1_JobArray(of: Self.training, seeds: 0...4096) }
        for text in ["", "learning_rate", "learning_rate=", "=1,2", "learning_rate=1,,2"] {
            #expect(throws: RPCError.self) { try ArrayText.sweep(text) }
        }
        let unknown = #expect(throws: RPCError.self) {
            try Grove_V1_JobArray(of: Self.training, seeds: nil, sweeps: [["colour=red"]])
        }
        #expect(unknown?.message.contains("no setting 'colour'") == true)
    }
}
