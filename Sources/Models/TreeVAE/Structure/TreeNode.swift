/// One latent variable of the tree with the networks that belong to it. What a node is follows from what it has.
final class TreeNode {
    /// From the bottom-up feature to μ̂ and v̂.
    let dense: Dense
    /// From the parent's z to this node's prior; the root has none.
    let transformation: ConvBlock?
    /// p(left | z), of splits only.
    var router: Router?
    /// q(left | d), of splits; the authors' pruned trees keep it, unused, on pass-through nodes.
    var routerQ: Router?
    /// Of leaves only.
    var decoder: (any ImageDecoder)?
    var left: TreeNode?
    var right: TreeNode?

    init(
        dense: Dense, transformation: ConvBlock?, router: Router? = nil, routerQ: Router? = nil,
        decoder: (any ImageDecoder)? = nil
    ) {
        self.dense = dense
        self.transformation = transformation
        self.router = router
        self.routerQ = routerQ
        self.decoder = decoder
    }

    /// From left to right.
    var children: [TreeNode] { [left, right].compactMap { $0 } }

    var kind: TreeTopology.Kind {
        if decoder != nil { return .leaf }
        return router != nil ? .split : .passThrough
    }
}
