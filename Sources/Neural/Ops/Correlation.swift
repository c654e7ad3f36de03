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
    var isWinogradKernel: Bool { kernel == 3 && stride == 1 && padding <= 2 }
}
