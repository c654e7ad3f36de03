import Neural

/// A diffusion model in memory, ready to refine what a tree's leaf draws.
///
/// Unchecked Sendable: once loaded its weights are only read, so several runs may use it at once; what trains has a
/// network of its own.
package final class DiffusionModel: @unchecked Sendable {
    package let description: DiffusionDescription
    package let network: UNet
    package let schedule: DiffusionSchedule

    /// A model with starting values drawn from `seed`.
    package init(_ description: DiffusionDescription, seed: UInt64) throws(DiffusionError) {
        try description.validate()
        self.description = description
        network = try UNet(description.network, seed: seed)
        schedule = description.schedule
    }

    /// Throws unless this model was trained on the outputs of the given tree.
    package func requireTree(digest: String, leafCount: Int, imageShape: Shape) throws(DiffusionError) {
        guard imageShape == description.imageShape else {
            throw DiffusionError(
                "The diffusion model refines images of shape \(description.imageShape) but the tree draws \(imageShape); "
                    + "use a diffusion model that was trained on this tree.")
        }
        guard leafCount == description.leafCount else {
            throw DiffusionError(
                "The diffusion model knows \(description.leafCount) leaves but the tree has \(leafCount); "
                    + "use a diffusion model that was trained on this tree.")
        }
        guard digest == description.treeDigest else {
            throw DiffusionError(
                "The diffusion model was trained on another tree (\(description.treeDigest.shown(12)), not "
                    + "\(digest.shown(12))); use the pair that was trained together.")
        }
    }

    /// Throws if `leaf` is none of the tree's.
    package func requireLeaf(_ leaf: Int) throws(DiffusionError) {
        guard leaf >= 0, leaf < description.leafCount else {
            throw DiffusionError("There is no leaf \(leaf); the tree's leaves are 0 to \(description.leafCount - 1).")
        }
    }
}
