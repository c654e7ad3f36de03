/// The tensors of a graph: one that nobody else holds any more gives its buffers back and serves again, so that a steady
/// pass makes no new ones.
struct TensorShelf {
    private var lent: [Tensor] = []
    private var free: [Tensor] = []

    mutating func tensor(_ shape: Shape, requiresGradient: Bool) -> Tensor {
        let tensor = free.popLast() ?? Tensor()
        tensor.begin(shape, requiresGradient: requiresGradient)
        lent.append(tensor)
        return tensor
    }

    /// The same values as another tensor's, under a shape of their own, and with a gradient of their own or its.
    mutating func view(of other: Tensor, as shape: Shape, requiresGradient: Bool, ownGradient: Bool) -> Tensor {
        let tensor = free.popLast() ?? Tensor()
        tensor.begin(viewing: other, as: shape, requiresGradient: requiresGradient, ownGradient: ownGradient)
        lent.append(tensor)
        return tensor
    }

    /// Takes back what nobody holds: last to first, for a view holds what it looks at.
    mutating func collect() {
        var kept = lent.count
        for index in lent.indices.reversed() where isKnownUniquelyReferenced(&lent[index]) {
            kept -= 1
            lent.swapAt(index, kept)
            lent[kept].end()
        }
        while lent.count > kept { free.append(lent.removeLast()) }
    }
}
