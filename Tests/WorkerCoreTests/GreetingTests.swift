import Foundation
import Testing
import Wire

@testable import WorkerCore

/// What a worker tells the broker of itself.
@Suite struct GreetingTests {
    /// A worker greets before it has set up its kernels, so how many cores it uses is not what they say.
    @Test func threadsAreThoseThatItWasStartedWith() {
        let folder = URL(fileURLWithPath: "/nowhere")
        let hello = WorkerConfiguration(
            broker: "", state: folder, name: "small", threads: 1, interactiveSlots: 2, trainingSlots: 0
        ).hello
        #expect(hello.worker.threads == 1 && hello.worker.interactiveSlots == 2)
        #expect(hello.worker.processor.contains("OpenBLAS"))
        #expect(!hello.worker.processor.contains(" core"), "cores are told once, as threads")
    }
}
