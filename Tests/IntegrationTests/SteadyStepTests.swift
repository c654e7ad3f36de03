import Foundation
import Testing

/// Memory is planned: once a run is under way, a step makes no call of the system's allocator. The benchmark counts them, in a
/// process of its own for each case that brings an allocator that counts.
///
/// Buffers are counted apart and may be new: on a busy machine branches meet that have not met before, and then together need
/// more of one size than ever.
@Suite struct SteadyStepTests {
    private struct Line: Decodable {
        /// Absent where the system's allocator cannot be replaced.
        let heapAllocations: Int?
        let newBuffers: Int
    }

    @Test(arguments: [
        "unet.paper-gray28/forward/16", "sample.small/step", "classifier.small", "tree.small-initial",
        "tree.small-rgb32", "tree.small-split",
    ])
    func aStepAsksTheAllocatorForNothing(name: String) async throws {
        try await TestGrove.with { grove in
            let result = try await grove.run(Programs.url("grove-bench"), ["--cases", name])
            try #require(result.status == 0, "\(result.errors)")
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let line = try decoder.decode(Line.self, from: Data(result.output.utf8))
            #expect(line.heapAllocations ?? line.newBuffers == line.newBuffers)
        }
    }
}
