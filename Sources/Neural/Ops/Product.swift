import CKernels

/// Matrix products on our own kernel, whose rows do not depend on each other's presence (see `product.c`).
enum Product {
    /// Columns of a panel.
    static let lanes = Int(GROVE_LANES_A_PANEL)

    /// `columns` rounded up to whole panels.
    static func padded(_ columns: Int) -> Int { (columns + lanes - 1) / lanes * lanes }

    /// A task is worth handing to another core from about 40 µs on: two million multiply-adds.
    static func itemsPerTask(multiplications: Int) -> Int { max(1, 2_000_000 / max(1, multiplications)) }

    /// To read a value of a right side for the first time costs as much as so many multiplications.
    static let firstReading = 16

    /// Packs a right side `[inner, columns]` whose element (i, j) is `b[i * innerStride + j * columnStride]`.
    static func pack(
        _ b: UnsafePointer<Float>, inner: Int, columns: Int, innerStride: Int, columnStride: Int
    ) -> Scratch {
        let packed = Scratch(inner * padded(columns))
        Chunks.forEach(columns, size: max(1, Chunks.elements / max(1, inner * lanes)) * lanes) { first, count in
            grove_pack_panels(
                packed.data + first * inner, inner * lanes, b + first * columnStride, inner, count, innerStride,
                columnStride)
        }
        return packed
    }

    /// c `[rows, columns]` = a b + bias, or c += a b, for a contiguous a `[rows, inner]`; spread over the lanes.
    static func rows(
        _ rows: Int, inner: Int, columns: Int, _ a: UnsafePointer<Float>, _ panels: UnsafePointer<Float>,
        bias: UnsafePointer<Float>? = nil, into c: UnsafeMutablePointer<Float>, accumulate: Bool = false
    ) {
        let size = itemsPerTask(multiplications: inner * padded(columns))
        let tasks = (rows + size - 1) / size
        let slices = ColumnSlices(
            columns, tasks: tasks, multiplications: (rows + firstReading) * inner * padded(columns))
        Parallel.forEach(tasks * slices.count) { task in
            let (first, slice) = (task / slices.count * size, slices[task % slices.count])
            var left = grove_left.matrix(a + first * inner, rowLength: inner)
            grove_product(
                c + first * columns + slice.lowerBound, columns, min(size, rows - first), slice.count, &left,
                panels + slice.lowerBound * inner, bias.map { $0 + slice.lowerBound }, accumulate ? 1 : 0)
        }
    }

    /// c += aᵀ b for a `[rows, inner]` and b `[rows, columns]`.
    static func addTransposed(
        rows: Int, inner: Int, columns: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        to c: UnsafeMutablePointer<Float>
    ) {
        let parts = Chunks.parts(terms: rows, perPart: 512)
        Chunks.addParts(parts, of: rows, to: c, count: inner * columns) { range, result, isAlone in
            let group = max(1, cachedValues / (inner + padded(columns)))
            let panels = Scratch(min(group, range.count) * padded(columns))
            for first in stride(from: range.lowerBound, to: range.upperBound, by: group) {
                let count = min(group, range.upperBound - first)
                grove_pack_panels(panels.data, count * lanes, b + first * columns, count, columns, columns, 1)
                forEachRowBlock(inner, multiplications: count * padded(columns), spread: isAlone) { row, height in
                    var left = grove_left.transposed(a + first * inner + row, rows: count, rowLength: inner)
                    grove_product(result + row * columns, columns, height, columns, &left, panels.data, nil, 1)
                }
            }
        }
    }

    /// Both sides of a sum over a batch are taken in groups of about this many values, 600 KB, that stay in a core's cache.
    static let cachedValues = 150_000

    /// Runs `body(row, count)` over the rows of a result whose single row costs `multiplications`.
    static func forEachRowBlock(
        _ rows: Int, multiplications: Int, spread: Bool, _ body: (_ row: Int, _ count: Int) -> Void
    ) {
        guard spread else { return body(0, rows) }
        let block = 6  // the rows of a register block
        Chunks.forEach(
            rows, size: (itemsPerTask(multiplications: multiplications) + block - 1) / block * block, body)
    }
}

/// Columns that a task computes: all, or with few tasks some pairs of panels, so that no core is idle.
struct ColumnSlices {
    let count: Int
    private let columns: Int
    private let size: Int

    /// - Parameter multiplications: what all tasks cost, `firstReading` of the right side among them where that counts.
    init(_ columns: Int, tasks: Int, multiplications: Int) {
        let pair = 2 * Product.lanes
        let pairs = (columns + pair - 1) / pair
        let most = min(pairs, multiplications / 250_000)
        self.columns = columns
        size = tasks < 4 && most > 1 ? (pairs + most - 1) / most * pair : columns
        count = (columns + size - 1) / size
    }

    subscript(index: Int) -> Range<Int> { index * size..<min((index + 1) * size, columns) }
}

extension grove_left {
    /// A row-major matrix.
    static func matrix(_ base: UnsafePointer<Float>, rowLength: Int) -> grove_left {
        grove_left(
            base: base, rows: nil, row_stride: rowLength, blocks: 1, block_stride: 0, segments: 1, segment_stride: 0,
            length: rowLength, step: 1)
    }

    /// The transpose of a row-major matrix of `rows` rows.
    static func transposed(_ base: UnsafePointer<Float>, rows: Int, rowLength: Int) -> grove_left {
        grove_left(
            base: base, rows: nil, row_stride: 1, blocks: 1, block_stride: 0, segments: 1, segment_stride: 0,
            length: rows, step: rowLength)
    }
}
