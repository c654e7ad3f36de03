import Synchronization

/// A cache of float buffers, so that a steady training or sampling step takes nothing from the heap.
///
/// Buffers are 64-byte aligned (a cache line, and the widest vector register) and rounded up to a size class of an
/// eighth of a power of two, so at most 12.5 % is wasted. A returned buffer is kept for the next tensor of its class.
package enum BufferPool {
    /// How the pool was used since the process started.
    package struct Statistics: Sendable {
        /// Buffers that had to be taken from the heap; constant in a steady step.
        package var heapAllocations = 0
        /// Bytes taken from the heap and not given back.
        package var bytesHeld = 0
    }

    private struct State: ~Copyable {
        var free: [Int: [UInt]] = [:]
        var statistics = Statistics()
    }

    private static let state = Mutex(State())

    package static var statistics: Statistics { state.withLock { $0.statistics } }

    /// The number of floats that a buffer for `count` floats really has.
    static func sizeClass(_ count: Int) -> Int {
        let minimum = 16
        guard count > minimum else { return minimum }
        let top = Int.bitWidth - 1 - (count - 1).leadingZeroBitCount
        let granule = max(minimum, 1 << max(0, top - 3))
        return (count + granule - 1) / granule * granule
    }

    /// An uninitialised buffer for at least `count` floats.
    ///
    /// - Parameter eachLane: whether it belongs to the lane that takes it, which others do likewise.
    static func take(_ count: Int, eachLane: Bool = false) -> UnsafeMutablePointer<Float> {
        let size = sizeClass(count)
        BufferMeter.current?.took(size, eachLane: eachLane)
        let cached: UInt? = state.withLock { state in
            if let address = state.free[size]?.popLast() { return address }
            state.statistics.heapAllocations += 1
            state.statistics.bytesHeld += size * MemoryLayout<Float>.stride
            return nil
        }
        if let cached, let pointer = UnsafeMutablePointer<Float>(bitPattern: cached) { return pointer }
        return UnsafeMutableRawPointer.allocate(byteCount: size * MemoryLayout<Float>.stride, alignment: 64)
            .bindMemory(to: Float.self, capacity: size)
    }

    /// Takes back a buffer that `take(count)` gave.
    static func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ count: Int, eachLane: Bool = false) {
        let size = sizeClass(count)
        BufferMeter.current?.gaveBack(size, eachLane: eachLane)
        state.withLock { $0.free[size, default: []].append(UInt(bitPattern: pointer)) }
    }

    /// Gives all cached buffers back to the system, for example when a model leaves memory.
    package static func trim() {
        let cached = state.withLock { state in
            let cached = state.free
            state.free = [:]
            for (size, list) in cached {
                state.statistics.bytesHeld -= size * list.count * MemoryLayout<Float>.stride
            }
            return cached
        }
        for address in cached.values.joined() {
            UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
        }
    }
}

/// Memory that a kernel needs while it runs; it returns to the pool at the end of its owner's scope.
package final class Scratch {
    package let data: UnsafeMutablePointer<Float>
    private let count: Int

    package init(_ count: Int) {
        self.count = count
        data = BufferPool.take(count, eachLane: true)
    }

    deinit { BufferPool.giveBack(data, count, eachLane: true) }
}
