extension Graph {
    /// Parts of a pass that do not need each other, such as the nodes of one depth of a tree: each has a tape of its own, and
    /// where there is a part for every core each runs on one core as a whole, forward and backward. Small layers then wait
    /// for nothing. Results do not depend on which way it goes: gradients of what is shared are added part after part.
    ///
    /// - Parameters:
    ///   - results: what the parts give, in their order. Its memory serves again, and so does that of the parts' graphs.
    ///   - body: one part. It works in the graph that it is given, and asks that one for what other parts read too (`shared`).
    package func branches<Result>(
        _ count: Int, into results: inout [Result?], _ body: (_ index: Int, _ graph: Graph) -> Result
    ) {
        results.removeAll(keepingCapacity: true)
        guard count > 1 else {
            if count == 1 { results.append(body(0, self)) }
            return
        }
        for _ in 0..<count { results.append(nil) }
        let parts = takeBranches(count)
        results.withUnsafeMutableBufferPointer { results in
            // Whoever watches sees one part after another.
            let isWatched = onConvolution != nil || onBatchNorm != nil
            forEach(parts, inTurn: isWatched) { index, graph in
                (graph.onConvolution, graph.onBatchNorm) = (onConvolution, onBatchNorm)
                results[index] = body(index, graph)
            }
        }
        guard recording else { return giveBack(parts) }
        record(parts) { parts, graph in
            graph.forEach(parts, inTurn: false) { _, graph in graph.replay() }
            for part in parts { graph.branchGraphs[part].sendShared() }
            graph.giveBack(parts)
        }
    }

    /// A tensor that several branches read, as this branch's own view: no branch adds to another one's gradient.
    package func shared(_ tensor: Tensor) -> Tensor {
        guard isBranch else { return tensor }
        let own = view(of: tensor, as: tensor.shape, ownGradient: true)
        sharedTensors.append((own, tensor))
        return own
    }

    /// Parts on lanes, one each. With fewer parts than cores each is spread over all of them instead.
    private func forEach(_ parts: Range<Int>, inTurn: Bool, _ body: (_ index: Int, _ graph: Graph) -> Void) {
        if !inTurn, parts.count >= Parallel.threads {
            Parallel.forEach(parts.count) { body($0, branchGraphs[parts.lowerBound + $0]) }
        } else {
            for index in 0..<parts.count { body(index, branchGraphs[parts.lowerBound + index]) }
        }
    }

    /// Adds what a branch has made of its views' gradients to those of the tensors that they show.
    private func sendShared() {
        for (own, tensor) in sharedTensors { own.handGradient(to: tensor) }
    }

    /// The graphs of so many branches. They are to be given back, the latest first, when they have been sent back or have
    /// nothing to send; so the same steps of every pass find the same graphs.
    private func takeBranches(_ count: Int) -> Range<Int> {
        let parts = branchesTaken..<branchesTaken + count
        while branchGraphs.count < parts.upperBound {
            branchGraphs.append(Graph(training: training, recording: recording, isBranch: true))
        }
        branchesTaken = parts.upperBound
        return parts
    }

    private func giveBack(_ parts: Range<Int>) {
        precondition(parts.upperBound == branchesTaken, "Graph: branches \(parts) are not the latest taken")
        for part in parts { branchGraphs[part].end() }
        branchesTaken = parts.lowerBound
    }
}
