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
        /// The buffers of each size class that nobody has, one after another: each begins with the address of the next.
        var free = [UnsafeMutableRawPointer?](repeating: nil, count: SizeClass.count)
        var statistics = Statistics()
    }

    private static let state = Mutex(State())

    package static var statistics: Statistics { state.withLock { $0.statistics } }

    /// An uninitialised buffer for at least `count` floats.
    ///
    /// - Parameter eachLane: whether it belongs to the lane that takes it, which others do likewise.
    static func take(_ count: Int, eachLane: Bool = false) -> UnsafeMutablePointer<Float> {
        let size = SizeClass(count)
        BufferMeter.current?.took(size.floats, eachLane: eachLane)
        let buffer = state.withLock { state -> Address in
            if let first = state.free[size.index] {
                state.free[size.index] = first.load(as: UnsafeMutableRawPointer?.self)
                return Address(pointer: first)
            }
            state.statistics.heapAllocations += 1
            state.statistics.bytesHeld += size.bytes
            return Address(pointer: .allocate(byteCount: size.bytes, alignment: 64))
        }
        return buffer.pointer.bindMemory(to: Float.self, capacity: size.floats)
    }

    /// Takes back a buffer that `take(count)` gave.
    static func giveBack(_ pointer: UnsafeMutablePointer<Float>, _ count: Int, eachLane: Bool = false) {
        let size = SizeClass(count)
        BufferMeter.current?.gaveBack(size.floats, eachLane: eachLane)
        let buffer = Address(pointer: UnsafeMutableRawPointer(pointer))
        state.withLock { state in
            buffer.pointer.storeBytes(of: state.free[size.index], as: UnsafeMutableRawPointer?.self)
            state.free[size.index] = buffer.pointer
        }
    }

    /// Gives all cached buffers back to the system, for example when a model leaves memory.
    package static func trim() {
        state.withLock { state in
            for index in state.free.indices {
                while let first = state.free[index] {
                    state.free[index] = first.load(as: UnsafeMutableRawPointer?.self)
                    state.statistics.bytesHeld -= SizeClass(index: index).bytes
                    first.deallocate()
                }
            }
        }
    }

    /// A buffer on its way into the pool or out of it; nobody else has it.
    private struct Address: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }
}

/// The number of floats that a buffer really has: a multiple of sixteen, and above 128 of an eighth of a power of two.
struct SizeClass {
    /// As many as there are for sizes that an `Int` can tell.
    static let count = 8 * (Int.bitWidth - 7)

    let floats: Int
    /// Its place among all classes, smallest first.
    let index: Int

    /// The smallest class for so many floats.
    init(_ count: Int) {
        let last = max(count - 1, 0)
        let octave = max(0, Int.bitWidth - 7 - last.leadingZeroBitCount)
        let eighths = last / Self.step(octave)
        self.init(index: octave == 0 ? eighths : 8 * octave + eighths - 8)
    }

    init(index: Int) {
        let octave = index / 8
        self.index = index
        floats = (index % 8 + (octave == 0 ? 1 : 9)) * Self.step(octave)
    }

    /// Between the classes of an octave; those of the first two lie as far apart.
    private static func step(_ octave: Int) -> Int { 16 << max(0, octave - 1) }

    var bytes: Int { floats * MemoryLayout<Float>.stride }
}

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

/// Scratch with several owners, which returns to the pool with the last of them.
final class SharedScratch {
    private let scratch: Scratch

    init(_ scratch: consuming Scratch) { self.scratch = scratch }

    var data: UnsafeMutablePointer<Float> { scratch.data }
}
