import Neural

/// What a pass holds of tensors and scratch memory at once, by the number of its images.
///
/// Measured with two small batches and carried on in a straight line: every large buffer belongs to the images of the batch.
package struct PassMemory: Sendable {
    private let unit: Int
    private let few: Int
    private let more: Int

    /// - Parameters:
    ///   - unit: the fewest images of a pass that is a fair sample: buffers come in sizes an eighth apart.
    ///   - pass: the pass with that many images.
    init(unit: Int, pass: (Int) throws -> Void) rethrows {
        self.unit = unit
        few = try BufferMeter.bytes { try pass(unit) }
        more = try BufferMeter.bytes { try pass(2 * unit) }
    }

    package func bytes(images: Int) -> Int {
        let units = (images + unit - 1) / unit
        return max(few, few + (more - few) * (units - 1))
    }
}
