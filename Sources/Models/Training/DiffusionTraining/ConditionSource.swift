import Neural

/// The images that a diffusion model learns to refine.
package protocol DiffusionImages {
    var count: Int { get }
    /// `[N, H, W, C]` in [0, 1].
    ///
    /// - Parameter graph: whose tensor they become.
    func images(_ indices: [Int], in graph: Graph) -> Tensor
}

/// What the frozen tree makes of training images: the conditions of the diffusion model.
package protocol ConditionSource {
    /// x̂ of a leaf for each image, `[N, H, W, C]` in [0, 1], and that leaf.
    ///
    /// A function of the images and the step alone, so that a resumed run sees what an uninterrupted one does.
    func conditions(for indices: [Int], step: Int) throws -> (reconstruction: Tensor, leaf: [Int])
}
