import Neural

/// What one pass of images through the whole tree gives.
package struct TreePass {
    /// One leaf's view of the batch.
    package struct Leaf {
        /// The leaf's node in breadth-first order.
        package let node: Int
        /// P_l(x), `[N]`.
        package let probability: Tensor
        /// `[N, r, r, C_z]`.
        package let z: Tensor
        /// x̂_l, `[N, H, W, C]`.
        package let reconstruction: Tensor
    }

    /// In leaf order.
    package let leaves: [Leaf]
    package let losses: TreeLosses
    let terms: LossTerms
    /// d^(0) ... d^(N−1).
    package let features: [Tensor]

    /// Each image's negative ELBO at α = 1, `[N]`.
    package var negativeELBOs: [Double] {
        (0..<leaves[0].probability.count).map(terms.negativeELBO)
    }

    /// P_l(x) of all leaves, `[N, L]`, without a gradient.
    package var leafProbabilities: Tensor { .columns(leaves.map(\.probability), rows: leaves[0].probability.count) }
}
