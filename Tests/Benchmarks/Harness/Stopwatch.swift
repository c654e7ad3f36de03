import HeapCount
import Neural

/// How often and how long something was measured.
struct Stopwatch {
    /// Seconds of one repetition: the median, and the fastest.
    let median: Double
    let fastest: Double
    /// Seconds that a repetition kept cores busy, all together: less than `median` times the cores where some wait, and hardly
    /// changed by what else the machine does.
    let processor: Double
    /// Calls of the system's allocator in a repetition, and how many tensor buffers were not in the pool for it: medians.
    /// Nil where allocations cannot be counted.
    let allocations: Int?
    let newBuffers: Int

    /// Repeats `body`, twice unmeasured, then for about `seconds` or `least` times, whichever is more.
    init(seconds: Double = 2, least: Int = 5, _ body: () throws -> Void) rethrows {
        for _ in 0..<2 { try body() }
        let clock = ContinuousClock()
        let start = clock.now
        let startOfProcessor = ProcessUsage.processorSeconds
        var times: [Double] = []
        var heap: [Int] = []
        var buffers: [Int] = []
        // So that these lists do not count themselves.
        times.reserveCapacity(10_000)
        heap.reserveCapacity(10_000)
        buffers.reserveCapacity(10_000)
        while times.count < least || (clock.now - start) / .seconds(1) < seconds {
            let before = Self.counters
            let began = clock.now
            try body()
            times.append((clock.now - began) / .seconds(1))
            let after = Self.counters
            heap.append(after.heap - before.heap)
            buffers.append(after.buffers - before.buffers)
        }
        processor = (ProcessUsage.processorSeconds - startOfProcessor) / Double(times.count)
        times.sort()
        median = times[times.count / 2]
        fastest = times[0]
        allocations = Self.counters.heap < 0 ? nil : heap.sorted()[heap.count / 2]
        newBuffers = buffers.sorted()[buffers.count / 2]
    }

    private static var counters: (heap: Int, buffers: Int) {
        (Int(grove_heap_allocations()), BufferPool.statistics.heapAllocations)
    }
}
