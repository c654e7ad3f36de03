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
