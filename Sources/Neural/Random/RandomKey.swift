import CKernels

/// The name of one sequence of random numbers.
///
/// The numbers are a function of the key and their position alone, never of what was drawn before or on which thread,
/// so an image can be drawn again without the others of its batch, and a run goes on from a checkpoint without the
/// generator's state. Two keys that differ in any part give unrelated sequences.
package struct RandomKey: Hashable, Sendable {
    /// What the user sets.
    package var seed: UInt64
    /// What the numbers are for; each consumer has its own number so that no two share a sequence.
    package var use: UInt32
    /// The training or sampling step.
    package var step: UInt32
    /// The image within the step or the request.
    package var image: UInt32

    package init(seed: UInt64, use: UInt32, step: UInt32 = 0, image: UInt32 = 0) {
        self.seed = seed
        self.use = use
        self.step = step
        self.image = image
    }

    /// The four random words of one block of this sequence.
    @inline(__always)
    func words(block: UInt32) -> SIMD4<UInt32> {
        Philox.words(
            counter: SIMD4(block, image, step, use),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// The sequence word by word, for draws whose number is not known beforehand.
    package func stream() -> RandomStream { RandomStream(key: self) }

    // MARK: Uniform

    /// Fills `pointer` with values uniform on [0, 1), in steps of 2⁻²⁴ so that each is exact.
    package func fillUniform(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        forEachBlock(of: count) { words, first, length in
            for lane in 0..<length { pointer[first + lane] = Self.uniform(words[lane]) }
        }
    }

    /// `count` values uniform on [0, 1).
    package func uniforms(_ count: Int) -> [Float] {
        Array(unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress { fillUniform(base, count) }
            filled = count
        }
    }

    @inline(__always)
    static func uniform(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }

    // MARK: Normal

    /// Fills `pointer` with standard normal values; the first n are the same whatever the count.
    ///
    /// Box and Muller (1958): each pair of words gives a radius and an angle. The arithmetic (`random.c`) is in double
    /// precision, so the rounded results agree between processors but for the rarest of ties.
    package func fillNormal(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
        checkReach(count)
        grove_normals(pointer, count, seed, use, step, image)
    }

    /// `count` standard normal values.
    package func normals(_ count: Int) -> [Float] {
        Array(unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress { fillNormal(base, count) }
            filled = count
        }
    }

    // MARK: Integers

    /// `count` integers uniform on `0 ..< bound`.
    package func integers(_ count: Int, below bound: Int) -> [Int] {
        var stream = stream()
        return (0..<count).map { _ in stream.integer(below: bound) }
    }

    /// A uniformly random order of `0 ..< count` (Fisher and Yates).
    package func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        var stream = stream()
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, stream.integer(below: last + 1))
        }
        return order
    }

    // MARK: Blocks

    /// Calls `body` with each block's four words, the index of its first value and how many of the four are wanted.
    @inline(__always)
    private func forEachBlock(of count: Int, _ body: (SIMD4<UInt32>, Int, Int) -> Void) {
        checkReach(count)
        var first = 0
        while first < count {
            body(words(block: UInt32(truncatingIfNeeded: first / 4)), first, min(4, count - first))
            first += 4
        }
    }

    private func checkReach(_ count: Int) {
        precondition(count >= 0 && count <= 4 << 32, "RandomKey: \(count) values are not in one sequence's reach")
    }
}
