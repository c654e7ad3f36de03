import CKernels

/// A 3x3 convolution with stride 1 by Winograd's F(4x4, 3x3); the arithmetic is in `winograd.c`.
///
/// Tiles are numbered through the batch and taken in groups that fit the cache; each tile is computed by itself, so the
/// groups are no part of the result.
struct Winograd {
    let images: Int
    /// Channels in and out.
    let inner: Int
    let columns: Int
    private var tiling: grove_tiling
    private let tiles: Int

    init(
        images: Int, inner: Int, columns: Int, height: Int, width: Int, outHeight: Int, outWidth: Int, padding: Int
    ) {
        self.images = images
        self.inner = inner
        self.columns = columns
        tiling = grove_tiling(
            height: height, width: width, out_height: outHeight, out_width: outWidth, padding: padding)
        tiles = (outHeight + 3) / 4 * ((outWidth + 3) / 4)
    }

    // MARK: Weights

    /// The transformed kernel as 36 packed right sides.
    static func transform(_ taps: KernelTaps, inner: Int, columns: Int) -> Scratch {
        let plane = plane(inner * Product.padded(columns))
        let transformed = Scratch(36 * plane)
        Parallel.forEach(Product.padded(columns) / Product.lanes) { panel in
            grove_winograd_weight(
                transformed.data, plane, taps.data, inner, columns, taps.tapStride, taps.innerStride,
                taps.columnStride, panel, 1)
        }
        return transformed
    }

    /// Planes are an odd number of cache lines apart: 36 of them at a power of two would fall into one set of the cache.
    private static func plane(_ count: Int) -> Int { (count + 15) / 16 * 16 | 16 }

    // MARK: Forward, and backward by the rotated kernel

    /// Tiles of a group: both transformed sides of it within about 640 KB, and enough rows to be worth reading a plane
    /// of weights for.
    private var groupSize: Int { max(24, 640_000 / (36 * 4 * (inner + Product.padded(columns))) / 6 * 6) }

    func run(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        let width = Product.padded(columns)
        let weightPlane = Self.plane(inner * width)
        let group = groupSize
        Chunks.forEach(images * tiles, size: group) { first, count in
            let (inputPlane, outputPlane) = (Self.plane(count * inner), Self.plane(count * width))
            let scratch = Scratch(36 * (inputPlane + outputPlane))
            let products = scratch.data + 36 * inputPlane
            var tiling = tiling
            grove_winograd_input(scratch.data, inputPlane, x, inner, &tiling, first, count)
            for plane in 0..<36 {
                var left = grove_left.matrix(scratch.data + plane * inputPlane, rowLength: inner)
                grove_product(
                    products + plane * outputPlane, width, count, width, &left, weights + plane * weightPlane, nil, 0)
            }
            grove_winograd_output(
                y, products, outputPlane, width, columns, bias, accumulate ? 1 : 0, &tiling, first, count)
        }
    }

    // MARK: Gradient of the weight

    /// gradient += Gᵀ [Σ (transformed input)ᵀ · (transformed gradient)] G
    func addWeightGradient(_ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to gradient: KernelGradient) {
        let sums = Scratch(36 * inner * columns)
        sums.data.update(repeating: 0, count: 36 * inner * columns)
        let parts = Chunks.parts(terms: images * tiles, perPart: 192)
        Chunks.addParts(parts, of: images * tiles, to: sums.data, count: 36 * inner * columns) {
            addPlanes(x, dy, tiles: $0, to: $1, spread: $2)
        }
        Chunks.forEachRows(inner, columns: 36 * columns) { row, count in
            grove_winograd_weight_gradient(
                gradient.data, inner * gradient.rowStride, gradient.rowStride, gradient.columnStride, sums.data,
                inner * columns, columns, row, count)
        }
    }

    /// sums `[36, inner, columns]` += (transformed input)ᵀ · (transformed gradient) of some tiles, plane by plane.
    private func addPlanes(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, tiles: Range<Int>, to sums: UnsafeMutablePointer<Float>,
        spread: Bool
    ) {
        let group = 96
        let width = Product.padded(columns)
        let (inputPlane, gradientPlane) = (Self.plane(group * inner), Self.plane(group * width))
        let inputs = Scratch(36 * inputPlane)
        let gradients = Scratch(36 * gradientPlane)
        for first in stride(from: tiles.lowerBound, to: tiles.upperBound, by: group) {
            let count = min(group, tiles.upperBound - first)
            Chunks.forEach(count, size: spread ? 16 : group) { tile, some in
                var tiling = tiling
                grove_winograd_input(inputs.data + tile * inner, inputPlane, x, inner, &tiling, first + tile, some)
                grove_winograd_output_gradient(
                    gradients.data + tile * Product.lanes, gradientPlane, count * Product.lanes, dy, columns, &tiling,
                    first + tile, some)
            }
            Chunks.forEach(36, size: spread ? 3 : 36) { plane, some in
                for plane in plane..<plane + some {
                    var left = grove_left.transposed(inputs.data + plane * inputPlane, rows: count, rowLength: inner)
                    grove_product(
                        sums + plane * inner * columns, columns, inner, columns, &left,
                        gradients.data + plane * gradientPlane, nil, 1)
                }
            }
        }
    }
}
