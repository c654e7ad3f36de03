extension BenchmarkCase {
    /// The line of a case that takes `batch` images through a network in every repetition.
    ///
    /// - Parameter flops: floating-point operations that a direct convolution would need an image; what an algorithm
    ///   saves shows as more of them a second. Nil where they are not counted.
    func imagesLine(_ time: Stopwatch, flops: Double? = nil) -> BenchmarkLine {
        let rate = Double(batch) / time.median
        var fields: [(String, BenchmarkLine.Value)] = [
            ("images_per_second", .number(rate)), ("peak_rss_mib", .number(ProcessUsage.peakMiB)),
            ("milliseconds", .number(time.median * 1000)),
            ("processor_milliseconds", .number(time.processor * 1000)),
            ("new_buffers", .whole(time.newBuffers)),
        ]
        if let flops { fields.insert(("gflops_effective", .number(rate * flops / 1e9)), at: 2) }
        if let allocations = time.allocations { fields.append(("heap_allocations", .whole(allocations))) }
        return line(fields)
    }
}
