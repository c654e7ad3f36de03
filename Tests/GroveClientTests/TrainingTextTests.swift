import Testing

@testable import GroveClient

@Suite("How often a training saves itself, and how it goes on, as people write and read it")
struct TrainingTextTests {
    @Test("steps and minutes")
    func checkpointEvery() throws {
        var policy = Grove_V1_CheckpointPolicy()
        try policy.setEvery(["500", "10m"])
        #expect(policy.everySteps == 500 && policy.everySeconds == 600)
        try policy.setSheetEvery("30m")
        #expect(policy.sheetEverySeconds == 1800)
        for text in ["0", "often", "10 m", "999999999d"] {
            let error = #expect(throws: RPCError.self) { try policy.setEvery([text]) }
            #expect(error?.message.contains("--checkpoint-every") == true)
        }
        #expect(throws: RPCError.self) { try policy.setSheetEvery("500") }
    }

    @Test("a training that goes on keeps what it had, but for what is set anew")
    func resuming() throws {
        var spec = JobSpec()
        spec.trainTree.name = "oak"
        spec.trainTree.dataset.name = "digits"
        spec.trainTree.settings = try SettingsText.tree(["preset=tiny", "learning_rate=1"])
        let next = try spec.resuming("01kqzv7n2m8d4x", from: "best", changing: ["learning_rate=0.001"]) {
            policy throws(RPCError) in try policy.setEvery(["50"])
        }
        #expect(next.trainTree.resume.jobID == "01kqzv7n2m8d4x" && next.trainTree.resume.which == "best")
        #expect(SettingsText.text(next.trainTree.settings) == ["preset=tiny", "learning_rate=0.001"])
        #expect(next.trainTree.checkpoints.everySteps == 50)
        var sample = JobSpec()
        sample.sample.count = 1
        #expect(throws: RPCError.self) { try sample.resuming("01kqzv7n2m8d4x", from: "best", changing: []) { _ in } }
    }

    @Test("a job that failed says where it can go on")
    func ending() {
        var job = Job()
        (job.id, job.state) = ("01kqzv7n2m8d4x", .failed)
        job.failure.message = "not a number"
        #expect(!JobText.ending(job).contains("resume"))
        job.checkpoints.newest.name = "checkpoint-1200"
        #expect(JobText.ending(job).contains("go on from checkpoint-1200 with 'grove resume 01kqzv7n2m8d4x"))
        #expect(JobText.page(job).contains { $0.hasPrefix("checkpoints") && $0.hasSuffix("checkpoint-1200") })
    }
}
