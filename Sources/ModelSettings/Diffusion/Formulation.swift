/// How the tree's image x̂ enters the diffusion process (DiffuseVAE, Pandey et al. 2022).
package enum Formulation: Int, Codable, Sendable, CaseIterable {
    /// Only through the network, which sees it beside x_t. The paper's choice.
    case first = 1
    /// Also as the mean towards which noise is added: x_t = √ᾱ x_0 + x̂ + √(1 - ᾱ) ε.
    case second = 2
}
