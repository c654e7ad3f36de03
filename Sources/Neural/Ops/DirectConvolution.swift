import CKernels

/// A convolution as one product with its patches, which are read where they lie, or from a copy with zeros around it
/// where there is padding.
struct DirectConvolution {
    private let shape: Correlation
    private let frame: Frame
    /// Where there are fewer channels out than a panel has columns, this many neighbouring pixels share a row of the
    /// product: its patch spans all of theirs, with zeros in the kernel where a pixel does not look.
    let pixels: Int

    init(_ shape: Correlation) {
        self.shape = shape
        frame = Frame(shape)
        var cheapest = 1
        for pixels in 1...shape.positionsWide where shape.positionsWide % pixels == 0 {
            if Self.cost(pixels, shape) < Self.cost(cheapest, shape) { cheapest = pixels }
        }
        pixels = cheapest
    }

    /// Multiplications for a batch image, counting whole panels.
    var multiplications: Int { shape.positions * Self.cost(pixels, shape) / shape.positionsWide }

    /// For a row of positions, if `pixels` of them share a product's row.
    private static func cost(_ pixels: Int, _ shape: Correlation) -> Int {
        let patch = shape.kernel * (shape.kernel + (pixels - 1) * shape.stride) * shape.channels
        return shape.positionsWide / pixels * patch * Product.padded(pixels * shape.positionChannels)
    }

    /// Kernel columns that a row of the product sees.
    private var span: Int { shape.kernel + (pixels - 1) * shape.stride }
    private var columns: Int { pixels * shape.positionChannels }
    private var inner: Int { shape.kernel * span * shape.channels }

    func pack(_ taps: KernelTaps) -> Scratch {
        guard pixels > 1 else { return packTaps(taps) }
        let matrix = Scratch(inner * columns)
        matrix.data.update(repeating: 0, count: inner * columns)
        for tap in 0..<shape.kernel * shape.kernel {
            for pixel in 0..<pixels {
                let column = tap % shape.kernel + pixel * shape.stride
                let row = (tap / shape.kernel * span + column) * shape.channels
                for channel in 0..<shape.channels {
                    let from = taps.data + tap * taps.tapStride + channel * taps.innerStride
                    let to = matrix.data + (row + channel) * columns + pixel * shape.positionChannels
                    for out in 0..<shape.positionChannels { to[out] = from[out * taps.columnStride] }
                }
            }
        }
        return Product.pack(matrix.data, inner: inner, columns: columns, innerStride: columns, columnStride: 1)
    }

    private func packTaps(_ taps: KernelTaps) -> Scratch {
        let packed = Scratch(inner * Product.padded(columns))
        for tap in 0..<shape.kernel * shape.kernel {
            grove_pack_panels(
                packed.data + tap * shape.channels * Product.lanes, inner * Product.lanes,
                taps.data + tap * taps.tapStride, shape.channels, columns, taps.innerStride, taps.columnStride)
        }
        return packed
    }

    func run(
        _ images: UnsafePointer<Float>, _ panels: UnsafePointer<Float>, bias: Tensor?,
        into positions: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        let repeated = Scratch(repeating: bias, pixels)
        let bias = bias == nil ? nil : UnsafePointer(repeated.data)
        if shape.isPointwise, pixels == 1 {
            Product.rows(
                shape.images * shape.positions, inner: inner, columns: columns, images, panels, bias: bias,
                into: positions, accumulate: accumulate)
            return
        }
        let group = Product.itemsPerTask(multiplications: multiplications)
        let tasks = (shape.images + group - 1) / group
        let slices = ColumnSlices(columns, tasks: tasks, multiplications: shape.images * multiplications)
        let offsets = frame.patchOffsets(images: min(group, shape.images), every: pixels)
        Parallel.forEach(tasks * slices.count) { task in
            let (first, slice) = (task / slices.count * group, slices[task % slices.count])
            let count = min(group, shape.images - first)
            let framed = Scratch(shape.padding > 0 ? count * frame.count : 0)
            var base = images + first * shape.imageCount
            if shape.padding > 0 {
                frame.fill(base, images: count, into: framed.data)
                base = UnsafePointer(framed.data)
            }
            var left = grove_left(
                base: base, rows: offsets.integers, row_stride: 0, blocks: 1, block_stride: 0,
                segments: shape.kernel, segment_stride: frame.width * shape.channels,
                length: span * shape.channels, step: 1)
            grove_product(
                positions + first * shape.positions * shape.positionChannels + slice.lowerBound, columns,
                count * shape.positions / pixels, slice.count, &left, panels + slice.lowerBound * inner,
                bias.map { $0 + slice.lowerBound }, accumulate ? 1 : 0)
        }
    }

    // MARK: Gradient of the weight

    /// matrix `[patch, positionChannels]` += patches of images ᵀ · positions: a product whose rows are the values of a
    /// patch and whose sum runs over images and positions.
    func addWeightGradient(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, to matrix: UnsafeMutablePointer<Float>
    ) {
        guard pixels > 1 else { return addProducts(images, positions, to: matrix) }
        let wide = Scratch(inner * columns)
        wide.data.update(repeating: 0, count: inner * columns)
        addProducts(images, positions, to: wide.data)
        for tap in 0..<shape.kernel * shape.kernel {
            for pixel in 0..<pixels {
                let column = tap % shape.kernel + pixel * shape.stride
                let row = (tap / shape.kernel * span + column) * shape.channels
                grove_add_columns(
                    matrix + tap * shape.channels * shape.positionChannels, shape.positionChannels,
                    wide.data + row * columns + pixel * shape.positionChannels, columns, shape.channels,
                    shape.positionChannels)
            }
        }
    }

    /// matrix `[inner, columns]` += the sum over the batch, in fixed parts, each in groups of images that a core's cache
    /// holds.
    private func addProducts(
        _ images: UnsafePointer<Float>, _ positions: UnsafePointer<Float>, to matrix: UnsafeMutablePointer<Float>
    ) {
        let rows = shape.positions / pixels
        let group = max(1, Product.cachedValues / (frame.count + rows * Product.padded(columns)))
        let parts = min(shape.images, Chunks.parts(terms: shape.images * rows, perPart: 512))
        let taps = frame.tapOffsets(span: span)
        Chunks.addParts(parts, of: shape.images, to: matrix, count: inner * columns) { range, sum, isAlone in
            let framed = Scratch(shape.padding > 0 ? min(group, range.count) * frame.count : 0)
            let panels = Scratch(min(group, range.count) * rows * Product.padded(columns))
            for first in stride(from: range.lowerBound, to: range.upperBound, by: group) {
                let count = min(group, range.upperBound - first)
                var base = images + first * shape.imageCount
                if shape.padding > 0 {
                    frame.fill(base, images: count, into: framed.data)
                    base = UnsafePointer(framed.data)
                }
                grove_pack_panels(
                    panels.data, count * rows * Product.lanes, positions + first * rows * columns, count * rows,
                    columns, columns, 1)
                addProduct(base, taps.integers, panels.data, images: count, to: sum, spread: isAlone)
            }
        }
    }

    private func addProduct(
        _ base: UnsafePointer<Float>, _ taps: UnsafePointer<Int32>, _ panels: UnsafePointer<Float>, images: Int,
        to sum: UnsafeMutablePointer<Float>, spread: Bool
    ) {
        let cost = images * shape.positions / pixels * Product.padded(columns)
        Product.forEachRowBlock(inner, multiplications: cost, spread: spread) { row, height in
            var left = grove_left(
                base: base, rows: taps + row, row_stride: 0, blocks: images, block_stride: frame.count,
                segments: shape.positionsHigh, segment_stride: shape.stride * frame.width * shape.channels,
                length: shape.positionsWide / pixels, step: pixels * shape.stride * shape.channels)
            grove_product(sum + row * columns, columns, height, columns, &left, panels, nil, 1)
        }
    }
}

extension Scratch {
    /// A bias `times` times, one after another, for as many pixels; nothing where there is none.
    init(repeating bias: Tensor?, _ times: Int) {
        let count = bias?.count ?? 0
        self.init(times * count)
        guard let bias else { return }
        for index in 0..<times { (data + index * count).update(from: bias.data, count: count) }
    }
}
