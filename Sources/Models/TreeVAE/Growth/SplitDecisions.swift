import Neural

/// q(left | d) of every image of a data set at every split of a tree. Pruning changes which decisions count, not what they
/// are, so that leaf probabilities of the smaller tree follow without another pass over the images.
struct SplitDecisions {
    /// By the split's node object, which keeps its identity when the tree is renumbered.
    private var values: [ObjectIdentifier: Tensor] = [:]
    private let images: Int

    /// Runs the bottom-up path and the q-routers over a data set.
    ///
    /// - Parameter batch: images a pass; it bounds memory and changes nothing else.
    init(tree: TreeVAE, dataset: ImageDataset, batch: Int) {
        images = dataset.count
        for node in tree.nodes where node.kind == .split {
            values[ObjectIdentifier(node)] = Tensor([images])
        }
        for first in stride(from: 0, to: images, by: batch) {
            let range = first..<min(first + batch, images)
            let features = tree.features(dataset.tensor(range), in: .inference)
            for node in tree.topology.nodes where node.kind == .split {
                let q = tree.decision(of: node, features: features, in: .inference)
                (self[node, of: tree].data + first).update(from: q.data, count: range.count)
            }
        }
    }

    private subscript(node: TreeTopology.Node, of tree: TreeVAE) -> Tensor {
        guard let decisions = values[ObjectIdentifier(tree.nodes[node.index])] else {
            preconditionFailure("SplitDecisions: split \(node.index) is not one of the tree's that decided")
        }
        return decisions
    }

    /// P_l(x) of every image and leaf of `tree`, the one these decisions were made by or what pruning left of it.
    func leafProbabilities(in tree: TreeVAE) -> LeafProbabilities {
        var reach = NodeReach()
        return LeafProbabilities(
            tree.leafProbabilities(images: images, reach: &reach, in: .inference) { self[$0, of: tree] })
    }
}
