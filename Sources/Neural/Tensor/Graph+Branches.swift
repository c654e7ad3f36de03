import CKernels

extension Graph {
    /// Parts of a pass that do not need each other, such as the nodes of one depth of a tree: each has a tape of its own, and
    /// where there is a part for every core each runs on one core as a whole, forward and backward. Small layers then wait
    /// for nothing. Results do not depend on which way it goes: gradients of what is shared are added part after part.
    ///
    /// - Parameters:
    ///   - shared: tensors that several parts read; each part is given its own views of them, in this order. A tensor that
    ///     only one part reads may be captured instead.
    ///   - body: one part; it works in the graph that it is given.
    package func branches<Result>(
        _ count: Int, sharing shared: [Tensor], _ body: (_ index: Int, _ shared: [Tensor], _ graph: Graph) -> Result
    ) -> [Result] {
        guard count > 1 else { return (0..<count).map { body($0, shared, self) } }
        let parts = (0..<count).map { _ in
            Branch(
                graph: takeBranchGraph(),
                shared: shared.map { view(of: $0, as: $0.shape, ownGradient: true) })
        }
        var results = [Result?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { results in
            // Whoever watches sees one part after another.
            let order: Branch.Order = onConvolution == nil && onBatchNorm == nil ? .onLanes : .inTurn
            order.forEach(count) { index in
                parts[index].graph.onConvolution = onConvolution
                parts[index].graph.onBatchNorm = onBatchNorm
                results[index] = body(index, parts[index].shared, parts[index].graph)
            }
        }
        if recording {
            record((parts, shared)) { kept, graph in
                let (parts, shared) = kept
                Branch.Order.onLanes.forEach(parts.count) { parts[$0].graph.replay() }
                for (position, tensor) in shared.enumerated() where tensor.requiresGradient {
                    Branch.addGradients(parts.map { $0.shared[position] }, to: tensor)
                }
                graph.giveBack(parts)
            }
        } else {
            giveBack(parts)
        }
        return results.compactMap(\.self)
    }

    /// Last to first, so that the next branches find the graphs in the same order.
    private func giveBack(_ parts: [Branch]) {
        for part in parts.reversed() { giveBack(part.graph) }
    }
}

/// One part of a pass.
private struct Branch {
    let graph: Graph
    let shared: [Tensor]

    enum Order {
        case onLanes
        case inTurn

        /// With fewer parts than cores each part is spread over all of them instead.
        func forEach(_ count: Int, _ body: (Int) -> Void) {
            if self == .onLanes, count >= Parallel.threads {
                Parallel.forEach(count, body)
            } else {
                for index in 0..<count { body(index) }
            }
        }
    }

    /// Adds what the parts have made, in their order.
    static func addGradients(_ parts: [Tensor], to tensor: Tensor) {
        let gradients = parts.compactMap(\.gradientIfAny)
        guard let first = gradients.first else { return }
        let (sum, accumulate) = tensor.gradientSink()
        Chunks.forEach(tensor.count) { start, length in
            if accumulate {
                grove_axpy(sum + start, first + start, 1, length)
            } else {
                (sum + start).update(from: first + start, count: length)
            }
            for gradient in gradients.dropFirst() { grove_axpy(sum + start, gradient + start, 1, length) }
        }
    }
}
