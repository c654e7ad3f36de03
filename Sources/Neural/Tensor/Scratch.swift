/// Memory that a kernel needs while it runs; it returns to the pool at the end of its owner's scope.
package struct Scratch: ~Copyable {
    package let data: UnsafeMutablePointer<Float>
    private let count: Int
    private let isLent: Bool

    package init(_ count: Int) {
        self.count = count
        data = BufferPool.take(count, eachLane: true)
        isLent = false
    }

    /// The same values as others', for who is about to write over those.
    package init(copying values: UnsafePointer<Float>, _ count: Int) {
        self.init(count)
        data.update(from: values, count: count)
    }

    /// Memory that somebody else gives back, later than this ends.
    init(lentBy owner: SharedScratch) {
        data = owner.data
        count = 0
        isLent = true
    }

    deinit {
        if !isLent { BufferPool.giveBack(data, count, eachLane: true) }
    }
}

extension Scratch {
    /// Room for doubles.
    init(doubles count: Int) { self.init(2 * count) }

    var doubles: UnsafeMutablePointer<Double> { UnsafeMutableRawPointer(data).assumingMemoryBound(to: Double.self) }

    /// As many integers as there are floats.
    var integers: UnsafeMutablePointer<Int32> { UnsafeMutableRawPointer(data).assumingMemoryBound(to: Int32.self) }
}

/// Scratch that is kept, and lent to those who need it meanwhile.
final class SharedScratch {
    private let scratch: Scratch

    init(_ scratch: consuming Scratch) { self.scratch = scratch }

    var data: UnsafeMutablePointer<Float> { scratch.data }
}
