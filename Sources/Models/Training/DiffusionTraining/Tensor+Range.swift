import Neural

extension Tensor {
    /// The given images of a batch, copied; without a gradient.
    func rows(_ range: Range<Int>) -> Tensor { gatheringRows(Array(range)) }
}
