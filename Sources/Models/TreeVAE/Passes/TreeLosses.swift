import Neural

/// The addends of the negative ELBO, each a scalar averaged over the batch.
package struct TreeLosses {
    /// E[Σ_l P_l R(x, x̂_l)].
    package let reconstruction: Tensor
    package let rootDivergence: Tensor
    package let nodeDivergence: Tensor
    package let decisionDivergence: Tensor
    /// The contrastive losses times w_aug; zero outside training and without augmentation.
    package let contrast: Tensor

    /// loss = reconstruction + α · (KL_root + KL_decisions + KL_nodes) + contrast.
    package func total(alpha: Float, in graph: Graph) -> Tensor {
        var sum = graph.addScaled(reconstruction, rootDivergence, by: alpha)
        sum = graph.addScaled(sum, decisionDivergence, by: alpha)
        sum = graph.addScaled(sum, nodeDivergence, by: alpha)
        return graph.add(sum, contrast)
    }

    /// −ELBO of the batch, with the divergences at their full weight whatever α is now: comparable within a stage.
    package var negativeELBO: Double {
        Double(reconstruction.item()) + Double(rootDivergence.item()) + Double(nodeDivergence.item())
            + Double(decisionDivergence.item())
    }

    /// Names and values for progress reports.
    package func appendParts(to parts: inout [TrainingProgress.Part]) {
        func append(_ name: String, _ value: Tensor) { parts.append(.init(name: name, value: Double(value.item()))) }
        append("reconstruction", reconstruction)
        append("kl_root", rootDivergence)
        append("kl_nodes", nodeDivergence)
        append("kl_decisions", decisionDivergence)
        append("contrast", contrast)
    }
}
