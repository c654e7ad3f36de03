/// What images data sets may hold, and which of them models take.
package enum ImageBounds {
    /// No side of an image is longer, whatever it is for.
    package static let largestSide = 1024
    /// Height and width for trees and diffusion models, whose images are square.
    package static let side = 4...512
    package static let channels = 1...16
}
