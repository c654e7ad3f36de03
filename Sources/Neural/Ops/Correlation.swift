/// The sizes of a convolution, forward or transposed, over a batch of images.
///
/// A convolution reads patches of images `[h, w, channels]` (the strided side) and writes one pixel of
/// `[positionsHigh, positionsWide, positionChannels]` for each; a transposed one goes the other way. So three passes
/// serve both: `gather` (strided side to positions: forward; transposed: gradient of the input), `scatter` (its
/// transpose) and `weightGradient`.
struct Correlation: Hashable {
    let images: Int
    let height: Int
    let width: Int
    let channels: Int
    let positionsHigh: Int
    let positionsWide: Int
    let positionChannels: Int
    let kernel: Int
    let stride: Int
    let padding: Int

    /// Pixels and channels of one image on the strided side.
    var imageCount: Int { height * width * channels }
    /// Kernel positions in an image.
    var positions: Int { positionsHigh * positionsWide }
    /// Values under the kernel at one position.
    var patch: Int { kernel * kernel * channels }
    /// Whether every pixel is its own patch, so that the images are already the matrix.
    var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }
    /// Whether each output pixel sees each input pixel exactly once or not at all, as with 3x3 kernels on 2x2 pixels.
    var isTiny: Bool { kernel == 3 && stride == 1 && padding == 1 && height <= 2 && width <= 2 }
    /// Whether tiles of 4x4 would not be mostly empty.
    var hasTiles: Bool { min(height, width, positionsHigh, positionsWide) >= 3 }
    var isWinogradKernel: Bool { kernel == 3 && stride == 1 && padding <= 2 }
}

extension Correlation {
    /// A convolution of images `[n, h, w, ...]` of so many channels with a weight `[k, k, in, out]`.
    init(convolving images: Shape, channels: Int, weight: Shape, bias: Shape?, stride: Int, padding: Int) {
        precondition(
            images.count == 4 && weight.count == 4 && weight[0] == weight[1] && weight[2] == channels
                && bias.map { $0 == Shape(weight[3]) } ?? true && min(images[1], images[2]) + 2 * padding >= weight[0],
            "conv2d: input \(images), weight \(weight), bias \(bias ?? []), padding \(padding) do not fit")
        self.init(
            images: images[0], height: images[1], width: images[2], channels: channels,
            positionsHigh: (images[1] + 2 * padding - weight[0]) / stride + 1,
            positionsWide: (images[2] + 2 * padding - weight[0]) / stride + 1, positionChannels: weight[3],
            kernel: weight[0], stride: stride, padding: padding)
    }

    /// The shape of what is on the positions' side.
    var positionShape: Shape { Shape(images, positionsHigh, positionsWide, positionChannels) }
}
