import Neural

extension Graph {
    /// The activation between hidden layers that the settings ask for.
    func hidden(_ x: Tensor, _ kind: TreeVAEConfiguration.HiddenActivation) -> Tensor {
        switch kind {
        case .swish: activation(x, .swish)
        case .leakyReLU: activation(x, .leakyReLU(0.3))
        case .relu: activation(x, .relu)
        }
    }
}

extension BatchNorm {
    /// Normalises and activates, in one pass over memory where there is one for the activation.
    func callAsFunction(
        _ x: Tensor, then hidden: TreeVAEConfiguration.HiddenActivation, in graph: Graph
    ) -> Tensor {
        hidden == .swish ? self(x, silu: true, in: graph) : graph.hidden(self(x, in: graph), hidden)
    }
}
