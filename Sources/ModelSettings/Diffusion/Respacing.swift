/// Which steps of a schedule sampling visits.
package enum Respacing: String, Codable, Sendable, CaseIterable {
    /// The first n steps as they are; with n = T, all of them, as the paper samples.
    case truncated
    /// Every k-th step, k the smallest stride that gives exactly n steps; where none does, n steps as evenly as may be.
    case uniform
    /// ⌊(i √(0.8 T) / (n-1))²⌋, denser near the image. Equal values collapse, so fewer than n steps may remain.
    case quad
}
