/// What a batch normalisation layer owns: the affine map, and the running statistics that evaluation uses.
///
/// All tensors are `[channels]`. As in PyTorch, training normalises by the batch's biased variance and puts the
/// unbiased one into the running average.
package final class BatchNormState {
    package static let eps: Float = 1e-5
    /// The share of the newest batch in the running statistics.
    package static let momentum: Float = 0.1

    package let weight: Tensor
    package let bias: Tensor
    package let runningMean: Tensor
    package let runningVariance: Tensor
    /// How many training batches the running statistics have seen.
    package var batchesTracked: Int64

    /// `weight` and `bias` are the tensors of the layer's parameters; running statistics start at mean 0, variance 1.
    package init(weight: Tensor, bias: Tensor) {
        precondition(
            weight.shape.count == 1 && weight.shape == bias.shape,
            "BatchNormState: weight \(weight.shape) and bias \(bias.shape) must be two equal vectors")
        self.weight = weight
        self.bias = bias
        runningMean = .zeros(weight.shape)
        runningVariance = .filled(weight.shape, with: 1)
        batchesTracked = 0
    }
}
