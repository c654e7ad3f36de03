import Neural

/// A network whose activations stand for images where sets of them are compared.
package protocol FeatureNetwork: Sendable {
    /// Values of one image's features.
    var dimension: Int { get }

    /// `[N, dimension]` of images `[N, H, W, C]` in [0, 1], whose values are bytes over 255.
    func features(_ images: Tensor) -> Tensor
}
