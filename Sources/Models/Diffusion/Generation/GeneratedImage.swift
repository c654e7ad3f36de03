/// One image that was asked for, `[H, W, C]`, with what it came from.
package struct GeneratedImage: Sendable, Equatable {
    /// Which draw or given image it belongs to, from 0.
    package let index: Int
    package let leaf: Int
    /// Of every leaf: the routers' on the drawn latents for new images, P_l(x) for given ones.
    package let leafProbabilities: [Float]
    /// What the leaf drew, in [0, 1]; the given image where a refinement was asked for.
    package let treeImage: [Float]
    /// What the diffusion model made of it, in [0, 1]; nil without one.
    package let refinedImage: [Float]?

    package var leafProbability: Float { leafProbabilities[leaf] }

    /// The refined image, or without one the tree's, as bytes.
    package var pixels: [UInt8] { PixelBytes.rounded(refinedImage ?? treeImage) }

    package var treePixels: [UInt8] { PixelBytes.rounded(treeImage) }
}
