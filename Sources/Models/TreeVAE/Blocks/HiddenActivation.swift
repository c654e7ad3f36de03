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
