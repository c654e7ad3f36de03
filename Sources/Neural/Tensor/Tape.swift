/// What the operations of a pass keep for their way back, the latest on top. It lies in memory that the tape owns and that
/// serves one pass after another, so to record an operation takes nothing from the heap.
final class Tape {
    private struct Entry {
        let step: any TapeStep.Type
        let page: Int
        let offset: Int
    }

    /// Enough for some hundred operations.
    private static let pageSize = 65_536

    private var entries: [Entry] = []
    private var pages: [UnsafeMutableRawPointer] = []
    /// Where the next step goes.
    private var page = 0
    private var offset = 0

    var isEmpty: Bool { entries.isEmpty }

    /// - Parameters:
    ///   - kept: a tuple of everything that `backward` needs.
    ///   - backward: reads the result's gradient and adds to the inputs'. It captures nothing, for what it captured would lie
    ///     on the heap.
    func append<Kept>(_ kept: Kept, _ backward: @escaping (Kept, Graph) -> Void) {
        let size = MemoryLayout<Step<Kept>>.stride
        let alignment = MemoryLayout<Step<Kept>>.alignment
        precondition(size <= Self.pageSize, "Tape: an operation keeps \(size) bytes")
        offset = (offset + alignment - 1) / alignment * alignment
        if offset + size > Self.pageSize {
            page += 1
            offset = 0
        }
        if page == pages.count { pages.append(.allocate(byteCount: Self.pageSize, alignment: 64)) }
        (pages[page] + offset).initializeMemory(as: Step<Kept>.self, to: Step(kept: kept, backward: backward))
        entries.append(Entry(step: Step<Kept>.self, page: page, offset: offset))
        offset += size
    }

    /// Takes the latest step off and calls it; false where there is none.
    func runLast(in graph: Graph) -> Bool {
        guard let entry = entries.popLast() else { return false }
        (page, offset) = (entry.page, entry.offset)
        entry.step.take(from: pages[page] + offset, in: graph)
        return true
    }

    deinit {
        for entry in entries.reversed() { entry.step.drop(pages[entry.page] + entry.offset) }
        for page in pages { page.deallocate() }
    }
}

/// A step in the tape's memory, without its type.
private protocol TapeStep {
    static func take(from memory: UnsafeMutableRawPointer, in graph: Graph)
    static func drop(_ memory: UnsafeMutableRawPointer)
}

private struct Step<Kept>: TapeStep {
    let kept: Kept
    let backward: (Kept, Graph) -> Void

    static func take(from memory: UnsafeMutableRawPointer, in graph: Graph) {
        let step = memory.assumingMemoryBound(to: Self.self).move()
        step.backward(step.kept, graph)
    }

    static func drop(_ memory: UnsafeMutableRawPointer) {
        memory.assumingMemoryBound(to: Self.self).deinitialize(count: 1)
    }
}
