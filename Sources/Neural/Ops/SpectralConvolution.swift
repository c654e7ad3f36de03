import CKernels

/// Images that are transformed side by side.
private let lanes = Product.lanes

/// Convolutions with large kernels and stride 1 by Fourier transforms: the 12x12 kernels of trees for grey images need a
/// sixth of the arithmetic.
///
/// All transforms are matrix products. Images go sixteen side by side, one a lane, and no arithmetic crosses lanes, so an
/// image's bits do not depend on its company. The period is one padding longer than an image: what wraps around falls on
/// padding or is not looked at.
struct SpectralConvolution: ~Copyable {
    private let shape: Correlation
    private let high: SpectralBasis
    private let wide: SpectralBasis

    init(_ shape: Correlation) {
        self.shape = shape
        high = SpectralBasis(period: shape.height + shape.padding)
        wide = SpectralBasis(period: shape.width + shape.padding)
    }

    /// Pays from kernels of eight pixels on; a transform must hold the kernel.
    static func isPossible(_ shape: Correlation) -> Bool {
        shape.stride == 1 && shape.kernel >= 8 && shape.padding < shape.kernel
            && min(shape.height, shape.width) + shape.padding >= shape.kernel
    }

    private var frequencies: Int { high.period * (wide.period / 2 + 1) }
    private var pairs: Int { shape.channels * shape.positionChannels }

    /// Groups of sixteen images whose transforms a core's cache holds.
    private var groupsPerTask: Int {
        max(1, 300_000 / (2 * frequencies * 2 * max(shape.channels, shape.positionChannels) * lanes))
    }

    // MARK: Images and positions

    /// Images on one side of the convolution: their sizes, and where on the period they begin when they are a result.
    private struct Side {
        let height: Int
        let width: Int
        let channels: Int
        let first: Int

        var pixels: Int { height * width }
        var count: Int { pixels * channels }
    }

    private var images: Side {
        Side(height: shape.height, width: shape.width, channels: shape.channels, first: shape.padding)
    }

    private var positions: Side {
        Side(
            height: shape.positionsHigh, width: shape.positionsWide, channels: shape.positionChannels,
            first: -shape.padding)
    }

    /// positions = patches of images · kernel + bias, or added to what is there.
    func gather(
        _ from: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, bias: Tensor?,
        into to: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        run(from, images, weights, bias, to, positions, accumulate)
    }

    /// images = kernelᵀ · positions + bias, or added to what is there.
    func scatter(
        _ from: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, bias: Tensor?,
        into to: UnsafeMutablePointer<Float>, accumulate: Bool
    ) {
        run(from, positions, weights, bias, to, images, accumulate)
    }

    private func run(
        _ from: UnsafePointer<Float>, _ source: Side, _ weights: UnsafePointer<Float>, _ bias: Tensor?,
        _ to: UnsafeMutablePointer<Float>, _ target: Side, _ accumulate: Bool
    ) {
        let forward = Forward(self, source)
        let backward = Backward(self, target)
        Chunks.forEach(shape.images, size: groupsPerTask * lanes) { first, count in
            let groups = (count + lanes - 1) / lanes
            let spectrum = forward.spectrum(from + first * source.count, images: count)
            let (inner, outer) = (2 * source.channels, 2 * target.channels)
            let result = Scratch(frequencies * outer * groups * lanes)
            for frequency in 0..<frequencies {
                var left = grove_left.matrix(weights + frequency * outer * inner, rowLength: inner)
                let width = groups * lanes
                grove_product(
                    result.data + frequency * outer * width, width, outer, width, &left,
                    spectrum.data + frequency * inner * width, nil, 0)
            }
            backward.write(
                result, to + first * target.count, images: count, bias: bias?.data, accumulate: accumulate)
        }
    }

    /// From images to their spectra.
    private struct Forward: ~Copyable {
        let side: Side
        let high: Int
        let wide: Int
        let rows: Scratch
        let columns: Scratch

        init(_ parent: borrowing SpectralConvolution, _ side: Side) {
            self.side = side
            (high, wide) = (parent.high.period, parent.wide.period)
            rows = parent.high.forward(side.height)
            columns = parent.wide.forward(side.width)
        }

        /// `[frequencies][groups][2 channels][16]`
        func spectrum(_ images: UnsafePointer<Float>, images count: Int) -> Scratch {
            let groups = (count + lanes - 1) / lanes
            let values = Scratch(groups * side.count * lanes)
            for group in 0..<groups {
                let first = group * lanes
                grove_images_to_lanes(
                    values.data + first * side.count, images + first * side.count, min(lanes, count - first),
                    side.pixels, side.channels)
            }
            return spectrum(values, groups: groups)
        }

        /// Of values `[groups][channels][height][width][16]`.
        func spectrum(_ values: borrowing Scratch, groups: Int) -> Scratch {
            let rowCount = groups * side.channels * side.height * lanes
            let half = Scratch(wide * rowCount)
            var left = grove_left.matrix(columns.data, rowLength: side.width)
            grove_product(half.data, rowCount, wide, rowCount, &left, values.data, nil, 0)
            let waveCount = wide * groups * side.channels * lanes
            let waves = Scratch(high * waveCount)
            left = .matrix(rows.data, rowLength: side.height)
            grove_product(waves.data, waveCount, high, waveCount, &left, half.data, nil, 0)
            let spectrum = Scratch(high * (wide / 2 + 1) * groups * 2 * side.channels * lanes)
            grove_spectrum_from_waves(spectrum.data, waves.data, high, wide, groups, side.channels)
            return spectrum
        }
    }

    /// From spectra to images.
    private struct Backward: ~Copyable {
        let side: Side
        let high: Int
        let wide: Int
        let rows: Scratch
        let columns: Scratch

        init(_ parent: borrowing SpectralConvolution, _ side: Side) {
            self.side = side
            (high, wide) = (parent.high.period, parent.wide.period)
            rows = parent.high.backward(side.height, first: side.first, isHalf: false)
            columns = parent.wide.backward(side.width, first: side.first, isHalf: true)
        }

        /// Of a spectrum `[frequencies][2 channels][groups][16]`: values `[width][height][groups][channels][16]`.
        func values(_ spectrum: borrowing Scratch, groups: Int) -> Scratch {
            let waveCount = groups * side.channels * wide * lanes
            let waves = Scratch(waveCount * high)
            grove_waves_from_spectrum(waves.data, spectrum.data, high, wide, groups, side.channels)
            let half = Scratch(side.height * waveCount)
            var left = grove_left.matrix(rows.data, rowLength: high)
            grove_product(half.data, waveCount, side.height, waveCount, &left, waves.data, nil, 0)
            let rowCount = side.height * groups * side.channels * lanes
            let values = Scratch(side.width * rowCount)
            left = .matrix(columns.data, rowLength: wide)
            grove_product(values.data, rowCount, side.width, rowCount, &left, half.data, nil, 0)
            return values
        }

        func write(
            _ spectrum: borrowing Scratch, _ images: UnsafeMutablePointer<Float>, images count: Int,
            bias: UnsafePointer<Float>?, accumulate: Bool
        ) {
            let groups = (count + lanes - 1) / lanes
            let values = values(spectrum, groups: groups)
            for group in 0..<groups {
                let first = group * lanes
                grove_lanes_to_images(
                    images + first * side.count, values.data + group * side.channels * lanes,
                    min(lanes, count - first), side.height, side.width, side.channels,
                    groups * side.channels * lanes, bias, accumulate ? 1 : 0)
            }
        }
    }

    // MARK: The kernel

    /// The kernel as a square without channels: pairs of channels stand where images do.
    private var kernel: Side {
        Side(height: shape.kernel, width: shape.kernel, channels: 1, first: -shape.padding)
    }

    /// Calls `body(pair's group, pair's lane, channel, position channel)` for each pair of channels.
    private func forEachPair(_ body: (_ group: Int, _ lane: Int, _ channel: Int, _ position: Int) -> Void) {
        for channel in 0..<shape.channels {
            for position in 0..<shape.positionChannels {
                let (group, lane) = (channel * shape.positionChannels + position).quotientAndRemainder(
                    dividingBy: lanes)
                body(group, lane, channel, position)
            }
        }
    }

    /// What each frequency's channels are multiplied by: for each a matrix `[2 out, 2 in]` of real numbers.
    ///
    /// A gather correlates, so its kernel is conjugated.
    func weights(_ matrix: KernelMatrix, forGather: Bool) -> Scratch {
        let groups = (pairs + lanes - 1) / lanes
        let taps = Scratch(groups * kernel.pixels * lanes)
        taps.data.update(repeating: 0, count: groups * kernel.pixels * lanes)
        forEachPair { group, lane, channel, position in
            for tap in 0..<kernel.pixels {
                taps.data[(group * kernel.pixels + tap) * lanes + lane] =
                    matrix.data[
                        (tap * shape.channels + channel) * matrix.rowStride + position * matrix.columnStride]
            }
        }
        let spectrum = Forward(self, kernel).spectrum(taps, groups: groups)
        let (inner, outer) =
            forGather ? (shape.channels, shape.positionChannels) : (shape.positionChannels, shape.channels)
        let weights = Scratch(frequencies * 4 * pairs)
        let sign: Float = forGather ? -1 : 1
        for frequency in 0..<frequencies {
            let to = weights.data + frequency * 4 * pairs
            forEachPair { group, lane, channel, position in
                let (row, column) = forGather ? (position, channel) : (channel, position)
                let from = spectrum.data + (frequency * groups + group) * 2 * lanes + lane
                let (real, imaginary) = (from[0], sign * from[lanes])
                to[row * 2 * inner + column] = real
                to[row * 2 * inner + inner + column] = -imaginary
                to[(outer + row) * 2 * inner + column] = imaginary
                to[(outer + row) * 2 * inner + inner + column] = real
            }
        }
        return weights
    }

    /// gradient += patches of images ᵀ · positions: each frequency's sum over images of one side times the other's conjugate.
    func addWeightGradient(
        _ from: UnsafePointer<Float>, _ to: UnsafePointer<Float>, to gradient: KernelGradient
    ) {
        let sums = Scratch(frequencies * 4 * pairs)
        sums.data.update(repeating: 0, count: frequencies * 4 * pairs)
        let left = Forward(self, images)
        let right = Forward(self, positions)
        let task = groupsPerTask * lanes
        let tasks = (shape.images + task - 1) / task
        Chunks.addParts(
            min(tasks, Chunks.parts(terms: shape.images, perPart: 64)), of: tasks, to: sums.data,
            count: frequencies * 4 * pairs
        ) { range, sum, _ in
            for first in stride(from: range.lowerBound * task, to: range.upperBound * task, by: task) {
                let count = min(task, shape.images - first)
                addProducts(
                    left.spectrum(from + first * images.count, images: count),
                    right.spectrum(to + first * positions.count, images: count),
                    groups: (count + lanes - 1) / lanes, to: sum)
            }
        }
        add(sums, to: gradient)
    }

    /// sums `[frequencies][2 channels][2 position channels]` += the products over some groups of images.
    private func addProducts(
        _ images: borrowing Scratch, _ positions: borrowing Scratch, groups: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        let (rows, columns) = (2 * shape.channels, 2 * shape.positionChannels)
        let panels = Scratch(Product.padded(columns) * groups * lanes)
        for frequency in 0..<frequencies {
            for group in 0..<groups {
                grove_pack_panels(
                    panels.data + group * lanes * lanes, groups * lanes * lanes,
                    positions.data + (frequency * groups + group) * columns * lanes, lanes, columns, 1,
                    lanes)
            }
            var left = grove_left(
                base: images.data + frequency * groups * rows * lanes, rows: nil, row_stride: lanes,
                blocks: 1, block_stride: 0, segments: groups, segment_stride: rows * lanes, length: lanes,
                step: 1)
            grove_product(
                sums + frequency * rows * columns, columns, rows, columns, &left, panels.data, nil, 1)
        }
    }

    /// Adds the kernel of which `sums` are the products of real and imaginary parts.
    private func add(_ sums: borrowing Scratch, to gradient: KernelGradient) {
        let (channels, columns) = (shape.channels, 2 * shape.positionChannels)
        let groups = (pairs + lanes - 1) / lanes
        let part = groups * lanes
        let spectrum = Scratch(frequencies * 2 * part)
        spectrum.data.update(repeating: 0, count: frequencies * 2 * part)
        for frequency in 0..<frequencies {
            let from = sums.data + frequency * 4 * pairs
            forEachPair { group, lane, channel, position in
                let real = from + channel * columns + position
                let imaginary = from + (channels + channel) * columns + position
                let to = spectrum.data + frequency * 2 * part + group * lanes + lane
                to[0] = real[0] + imaginary[shape.positionChannels]
                to[part] = imaginary[0] - real[shape.positionChannels]
            }
        }
        let values = Backward(self, kernel).values(spectrum, groups: groups)
        gradient.adding(rows: shape.patch, columns: shape.positionChannels) { matrix in
            forEachPair { group, lane, channel, position in
                for tap in 0..<kernel.pixels {
                    let (row, column) = (tap / shape.kernel, tap % shape.kernel)
                    matrix[(tap * channels + channel) * shape.positionChannels + position] +=
                        values.data[((column * shape.kernel + row) * groups + group) * lanes + lane]
                }
            }
        }
    }
}
