/// Batch normalisation over all rows of the last axis; PyTorch's BatchNorm1d and BatchNorm2d are the same here.
package final class BatchNorm: Module {
    package let weight: Parameter
    package let bias: Parameter
    package let normalisation: BatchNormState

    package init(_ channels: Int, using initialiser: inout Initialiser) {
        weight = initialiser.ones([channels])
        bias = initialiser.zeros([channels])
        normalisation = BatchNormState(weight: weight.value, bias: bias.value)
    }

    /// `silu` follows in the same pass over memory.
    package func callAsFunction(_ x: Tensor, silu: Bool = false, in graph: Graph) -> Tensor {
        graph.batchNorm(x, normalisation, silu: silu)
    }

    package func collect(_ path: String, into state: inout StateDictionary) {
        state.add(StateDictionary.join(path, "weight"), weight)
        state.add(StateDictionary.join(path, "bias"), bias)
        state.addBuffer(StateDictionary.join(path, "running_mean"), normalisation.runningMean)
        state.addBuffer(StateDictionary.join(path, "running_var"), normalisation.runningVariance)
        state.addCounter(
            StateDictionary.join(path, "num_batches_tracked"),
            get: { [normalisation] in normalisation.batchesTracked },
            set: { [normalisation] in normalisation.batchesTracked = $0 })
    }
}
