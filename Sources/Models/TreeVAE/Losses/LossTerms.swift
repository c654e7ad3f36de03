import Neural

/// The addends of each image's negative ELBO at α = 1, `[N]` each.
struct LossTerms {
    /// π · R(x, x̂) of each leaf.
    var reconstructions: [Tensor] = []
    /// Of each node; a whole tree's root is the first.
    var divergences: [Tensor] = []
    /// Of each split.
    var decisions: [Tensor] = []

    /// Keeps the lists' memory for the next pass.
    mutating func removeAll() {
        reconstructions.removeAll(keepingCapacity: true)
        divergences.removeAll(keepingCapacity: true)
        decisions.removeAll(keepingCapacity: true)
    }

    /// Means over the batch.
    ///
    /// - Parameter root: whether the root's divergence is among them.
    func losses(root: Bool, contrast: Tensor, in graph: Graph) -> TreeLosses {
        TreeLosses(
            reconstruction: graph.batchMean(reconstructions[...]),
            rootDivergence: root ? graph.batchMean(divergences.prefix(1)) : graph.zeros(Shape(1)),
            nodeDivergence: graph.batchMean(divergences.dropFirst(root ? 1 : 0), clamp: TreeVAE.nodeDivergenceClamp),
            decisionDivergence: graph.batchMean(decisions[...]), contrast: contrast)
    }

    func negativeELBO(image: Int) -> Double {
        var sum = 0.0
        for term in reconstructions { sum += Double(term.data[image]) }
        for term in divergences { sum += Double(term.data[image]) }
        for term in decisions { sum += Double(term.data[image]) }
        return sum
    }
}

extension TreeVAE {
    /// Bounds of the nodes' mean divergence.
    static let nodeDivergenceClamp: ClosedRange<Float> = -10...1e10
}
