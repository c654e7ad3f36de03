import CKernels

/// A 3x3 convolution with stride 1 by Winograd's F(4x4, 3x3); the arithmetic is in `winograd.c`.
///
/// Tiles are numbered through the images they belong to. Each is computed by itself, so how they are grouped is no part of
/// the result: it decides only how often weights and transformed tiles travel between the caches.
struct Winograd {
    let images: Int
    /// Channels in and out.
    let inner: Int
    let columns: Int
    private let tiling: grove_tiling
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

    private var inputCount: Int { tiling.height * tiling.width * inner }
    private var outputCount: Int { tiling.out_height * tiling.out_width * columns }
    private var width: Int { Product.padded(columns) }

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

    private enum Group {
        /// Tiles for which a core reads the weights once: enough to pay for reading them, few enough for its cache.
        static let tiles = 64
        /// Up to so many tiles the cores share the planes instead, so that each reads a part of the weights only.
        static let shared = 128
        /// Tiles that are transformed in one task: fewer where there are few, so that no core is idle.
        static func transformed(of tiles: Int) -> Int { min(16, (tiles + 3) / 4) }
    }

    func run(
        _ input: ConvolutionInput, _ weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into result: ConvolutionResult
    ) {
        guard images * tiles > Group.shared else {
            input.readAll(images, count: inputCount) { x in
                result.writeAll(images, count: outputCount) { y, residual in
                    runSharingPlanes(x, weights, bias: bias, residual: residual, into: y)
                }
            }
            return
        }
        Chunks.forEach(images, size: max(1, Group.tiles / tiles)) { first, count in
            let range = first..<first + count
            input.read(range, count: inputCount) { x in
                result.write(range, count: outputCount) { y, residual in
                    for tile in stride(from: 0, to: count * tiles, by: Group.tiles) {
                        let some = min(Group.tiles, count * tiles - tile)
                        runGroup(x, weights, bias: bias, residual: residual, into: y, first: tile, count: some)
                    }
                }
            }
        }
    }

    /// Some tiles on one core.
    private func runGroup(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        residual: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>, first: Int, count: Int
    ) {
        let (inputPlane, outputPlane) = (Self.plane(count * inner), Self.plane(count * width))
        let scratch = Scratch(36 * (inputPlane + outputPlane))
        let products = scratch.data + 36 * inputPlane
        var tiling = tiling
        grove_winograd_input(scratch.data, inputPlane, inner, x, inner, &tiling, first, count)
        for plane in 0..<36 {
            multiply(
                scratch.data + plane * inputPlane, weights, plane: plane, rows: count,
                into: products + plane * outputPlane)
        }
        grove_winograd_output(y, products, outputPlane, width, columns, bias, residual, &tiling, first, count)
    }

    /// All tiles: transformed in parallel, multiplied plane by plane in parallel, transformed back in parallel.
    private func runSharingPlanes(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        residual: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>
    ) {
        let count = images * tiles
        let (inputPlane, outputPlane) = (Self.plane(count * inner), Self.plane(count * width))
        let scratch = Scratch(36 * (inputPlane + outputPlane))
        let products = scratch.data + 36 * inputPlane
        Chunks.forEach(count, size: Group.transformed(of: count)) { tile, some in
            var tiling = tiling
            grove_winograd_input(
                scratch.data + tile * inner, inputPlane, inner, x, inner, &tiling, tile, some)
        }
        Parallel.forEach(36) { plane in
            multiply(
                scratch.data + plane * inputPlane, weights, plane: plane, rows: count,
                into: products + plane * outputPlane)
        }
        Chunks.forEach(count, size: Group.transformed(of: count)) { tile, some in
            var tiling = tiling
            grove_winograd_output(
                y, products + tile * width, outputPlane, width, columns, bias, residual, &tiling, tile, some)
        }
    }

    private func multiply(
        _ tiles: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, plane: Int, rows: Int,
        into products: UnsafeMutablePointer<Float>
    ) {
        var left = grove_left.matrix(tiles, rowLength: inner)
        grove_product(
            products, width, rows, width, &left, weights + plane * Self.plane(inner * width), nil, 0)
    }

    // MARK: Gradient of the weight

    /// gradient += Gᵀ [Σ (transformed input)ᵀ · (transformed gradient)] G
    ///
    /// Cores share the planes: each element of the sum is one core's, a chain over the batch in groups of images.
    func addWeightGradient(_ input: ConvolutionInput, _ dy: UnsafePointer<Float>, to gradient: KernelGradient) {
        let sumPlane = Self.plane(inner * columns)
        let sums = Scratch(36 * sumPlane)
        let group = min(images, max(1, Group.shared / tiles))
        let workspace = GradientWorkspace(tiles: group * tiles, inner: inner, width: width)
        for first in stride(from: 0, to: images, by: group) {
            let range = first..<min(first + group, images)
            input.readTogether(range, count: inputCount) { x in
                transform(x, dy + first * outputCount, count: range.count * tiles, workspace)
            }
            Parallel.forEach(36) { plane in
                var left = grove_left.transposed(
                    workspace.inputs + plane * workspace.inputPlane, rows: range.count * tiles,
                    rowLength: workspace.inputRow)
                grove_product(
                    sums.data + plane * sumPlane, columns, inner, columns, &left,
                    workspace.gradients + plane * workspace.gradientPlane, nil, first > 0 ? 1 : 0)
            }
        }
        Chunks.forEachRows(inner, columns: 36 * columns) { row, count in
            grove_winograd_weight_gradient(
                gradient.data, inner * gradient.rowStride, gradient.rowStride, gradient.columnStride, sums.data,
                sumPlane, columns, row, count, gradient.accumulate ? 1 : 0)
        }
    }

    /// Both sides of the product for the tiles of some images.
    private func transform(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, count: Int, _ to: borrowing GradientWorkspace
    ) {
        Chunks.forEach(count, size: Group.transformed(of: count)) { tile, some in
            var tiling = tiling
            grove_winograd_input(
                to.inputs + tile * to.inputRow, to.inputPlane, to.inputRow, x, inner, &tiling, tile, some)
            grove_winograd_output_gradient(
                to.gradients + tile * Product.lanes, to.gradientPlane, count * Product.lanes, dy, columns, &tiling,
                tile,
                some)
        }
    }

    /// The transformed input `[36, tiles, inner]` and the transformed gradient as panels `[36, panels, tiles, 16]`.
    private struct GradientWorkspace: ~Copyable {
        /// A row of the input is read column by column: rows an odd number of cache lines apart keep out of one set.
        let inputRow: Int
        let inputPlane: Int
        let gradientPlane: Int
        private let scratch: Scratch

        init(tiles: Int, inner: Int, width: Int) {
            inputRow = Winograd.plane(inner)
            inputPlane = Winograd.plane(tiles * inputRow)
            gradientPlane = Winograd.plane(tiles * width)
            scratch = Scratch(36 * (inputPlane + gradientPlane))
        }

        var inputs: UnsafeMutablePointer<Float> { scratch.data }
        var gradients: UnsafeMutablePointer<Float> { scratch.data + 36 * inputPlane }
    }
}
