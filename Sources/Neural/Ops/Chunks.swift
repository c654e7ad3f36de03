import CKernels

/// Fixed splits of work: where a piece begins depends on sizes alone, so results do not depend on the number of
/// lanes.
enum Chunks {
    /// Elementwise work is handed out in pieces of 64 KB, small enough for the cache and large enough to pay for a
    /// hand-over.
    static let elements = 16_384

    /// Runs `body(start, length)` over `0..<count` in pieces of `size`, spread over the lanes.
    static func forEach(_ count: Int, size: Int = elements, _ body: (_ start: Int, _ length: Int) -> Void) {
        guard count > size else {
            if count > 0 { body(0, count) }
            return
        }
        Parallel.forEach((count + size - 1) / size) { index in
            let start = index * size
            body(start, min(size, count - start))
        }
    }

    /// Rows of `columns` values, about `elements` values a piece.
    static func forEachRows(_ rows: Int, columns: Int, _ body: (_ row: Int, _ count: Int) -> Void) {
        forEach(rows, size: max(1, elements / max(1, columns)), body)
    }

    /// The sum of `partial(start, length)` over pieces of `0..<count`, added in order.
    static func sum(_ count: Int, _ partial: (_ start: Int, _ length: Int) -> Double) -> Double {
        let size = elements
        guard count > size else { return count > 0 ? partial(0, count) : 0 }
        let pieces = (count + size - 1) / size
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: pieces) { partials in
            forEach(count) { start, length in partials[start / size] = partial(start, length) }
            return partials.reduce(0, +)
        }
    }

    /// Column sums over many rows: `body(row, count, sums)` adds one piece's `width` sums; pieces are added in order.
    /// The first `width` doubles of what is returned are the sums.
    static func columnSums(
        rows: Int, columns: Int, width: Int,
        _ body: (_ row: Int, _ count: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
    ) -> Scratch {
        let size = max(1, elements / max(1, columns))
        let pieces = max(1, (rows + size - 1) / size)
        let sums = Scratch(doubles: (1 + pieces) * width)
        let (total, partials) = (sums.doubles, sums.doubles + width)
        total.update(repeating: 0, count: (1 + pieces) * width)
        forEach(rows, size: size) { row, count in body(row, count, partials + row / size * width) }
        for piece in 0..<pieces {
            for column in 0..<width { total[column] += partials[piece * width + column] }
        }
        return sums
    }

    /// Into how many parts a sum over `terms` rows of a batch is split, each with its own result: every part must have
    /// enough terms to earn back what it costs to add its result. One part means that lanes share the rows of the
    /// result instead.
    static func parts(terms: Int, perPart: Int) -> Int { terms >= 8 * perPart ? 8 : terms >= 4 * perPart ? 4 : 1 }

    /// Adds to `total` the sum that `body(range, result, isAlone)` makes for each part of `0..<items`; a part that is
    /// alone spreads its own work over the lanes. Results are zero at first and added part after part.
    static func addParts(
        _ parts: Int, of items: Int, to total: UnsafeMutablePointer<Float>, count: Int,
        _ body: (_ items: Range<Int>, _ result: UnsafeMutablePointer<Float>, _ isAlone: Bool) -> Void
    ) {
        guard parts > 1 else { return body(0..<items, total, true) }
        let results = Scratch(parts * count)
        Parallel.forEach(parts) { part in
            let result = results.data + part * count
            result.update(repeating: 0, count: count)
            body(items * part / parts..<items * (part + 1) / parts, result, false)
        }
        forEach(count) { start, length in
            for part in 0..<parts { grove_axpy(total + start, results.data + part * count + start, 1, length) }
        }
    }
}
