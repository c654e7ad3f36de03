/// What images models take.
package enum ImageBounds {
    /// Height and width for trees and diffusion models, whose images are square.
    package static let side = 4...512
    package static let channels = 1...16
}
