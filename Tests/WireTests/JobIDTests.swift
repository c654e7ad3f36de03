import Testing
import Wire

@Suite struct JobIDTests {
    @Test func sortsByAge() {
        let ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map { JobID(milliseconds: $0, random: 5) }
        #expect(ids == ids.sorted())
        #expect(JobID(milliseconds: 7, random: 1) < JobID(milliseconds: 7, random: 2))
        #expect(JobID(milliseconds: 7, random: (1 << 20) - 1) < JobID(milliseconds: 8, random: 0))
    }

    @Test func readsWhatItWrote() throws {
        let id = JobID(milliseconds: 1_764_000_000_000, random: 0xABCDE)
        #expect(id.description.count == 14)
        #expect(JobID(id.description) == id)
        #expect(try JobID.parse(id.description) == id)
    }

    @Test func tellsItsTime() throws {
        let id = try #require(JobID(JobID(milliseconds: 1_764_000_000_000, random: 0xABCDE).description))
        #expect(id.milliseconds == 1_764_000_000_000 && id.random == 0xABCDE)
        // Shorter and longer ones may be read.
        for text in ["zzzzzzzzzzzz", "zzzzzzzzzzzzzzzz"] {
            #expect(try JobID.times.contains(#require(JobID(text)).milliseconds))
        }
    }

    /// Clocks may show anything; the order stays.
    @Test func timesThatDoNotFitBecomeTheNearest() {
        let ids = [.min, -1, 0, 1, 1 << 50 - 1, 1 << 50, .max].map { JobID(milliseconds: $0, random: 5) }
        #expect(ids == ids.sorted())
        #expect(ids[0] == ids[2] && ids[4] == ids[6] && ids[2] < ids[3])
    }

    @Test(arguments: [
        "", "01kqzv", "01KQZV7N2M8D4X", "01kqzv7n2m8d4i", "../../../etc/pa", "01kqzv7n2m8d4x01kqzv7n2m8d4x",
    ])
    func refuses(_ text: String) {
        let error = #expect(throws: RPCError.self) { try JobID.parse(text) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func specsHaveAKindAndASlot() {
        #expect(JobKind(Grove_V1_JobSpec()) == nil)
        var spec = Grove_V1_JobSpec()
        spec.trainTree = Grove_V1_TrainTree()
        #expect(JobKind(spec) == .trainTree && spec.slot == .training)
        spec.refine = Grove_V1_Refine()
        #expect(JobKind(spec) == .refine && spec.slot == .interactive)
    }
}
