import Neural
import Testing

@testable import Models

@Suite("Growth and pruning")
struct GrowthTests {
    private let rules = GrowthDecision.Rules(clusters: 4, minimumShare: 0.01, minimumMembers: 2, maximumDepth: 3)

    private func probabilities(_ rows: [[Float]]) -> LeafProbabilities {
        LeafProbabilities(Tensor([rows.count, rows[0].count], rows.flatMap { $0 }))
    }

    @Test("The leaf that most images reach is split, with those images")
    func mostPopularLeaf() {
        let table = probabilities([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9], [0.4, 0.6]])
        #expect(GrowthDecision(table, depths: [1, 1], rules: rules) == .split(leaf: 1, members: [1, 2, 3]))
    }

    @Test("A popular leaf at the greatest depth is passed over, not a reason to stop")
    func passesOverDeepLeaves() {
        let table = probabilities([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9], [0.4, 0.6], [0.7, 0.3]])
        #expect(GrowthDecision(table, depths: [2, 3], rules: rules) == .split(leaf: 0, members: [0, 4]))
        #expect(GrowthDecision(table, depths: [3, 3], rules: rules) == .stop)
    }

    @Test("The threshold falls with the number of leaves in use, which dead leaves are not")
    func threshold() {
        // Three leaves, one of them dead: τ is 1/2, not 1/3.
        let table = probabilities([[0.4, 0.595, 0.005], [0.4, 0.595, 0.005], [0.6, 0.395, 0.005]])
        #expect(GrowthDecision(table, depths: [1, 1, 1], rules: rules) == .split(leaf: 1, members: [0, 1]))
        #expect(GrowthDecision.leavesInUse(table, minimumShare: 0.01) == 2)
    }

    @Test("Growth stops when enough leaves are in use or no leaf has enough images")
    func stops() {
        var rules = rules
        rules.clusters = 2
        let table = probabilities([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]])
        #expect(GrowthDecision(table, depths: [1, 1], rules: rules) == .stop)
        rules.clusters = 4
        rules.minimumMembers = 3
        #expect(GrowthDecision(table, depths: [1, 1], rules: rules) == .stop)
    }

    @Test("A small tree becomes a split, and nodes are numbered breadth first")
    func attach() throws {
        let tree = try SmallExample.tree()
        #expect(tree.topology.nodes.map(\.kind) == [.split, .split, .leaf, .leaf, .leaf])
        #expect(tree.topology.nodes.map(\.parent) == [nil, 0, 0, 1, 1])
        #expect(tree.topology.leaves == [2, 3, 4])
        #expect(tree.topology.depth == 2)
        #expect(tree.topology.path(to: 4) == [0, 1, 4])
        try tree.topology.check(maximumDepth: 2)
        #expect(tree.configuration.parameterCount(tree.topology) == tree.state.parameterCount)
    }

    @Test("Removing a leaf leaves a pass-through node, and an empty one goes with it")
    func removal() throws {
        let tree = try SmallExample.tree()
        tree.remove(leaf: 3)
        #expect(tree.topology.nodes.map(\.kind) == [.split, .passThrough, .leaf, .leaf])
        #expect(tree.topology.leaves == [2, 3])
        try tree.topology.check(maximumDepth: 2)
        tree.remove(leaf: 3)
        #expect(tree.topology.nodes.map(\.kind) == [.passThrough, .leaf])
        let images = try SmallExample.dataset(count: 3).tensor(0..<3)
        #expect(tree.leafProbabilities(images).values == [1, 1, 1])
        let pass = tree.pass(images, noise: ZeroNoise(), in: .inference)
        #expect(pass.losses.decisionDivergence.item() == 0)
    }

    @Test("Pruning removes leaves that hardly any image takes, and keeps every image's decisions")
    func pruning() throws {
        let tree = try SmallExample.tree()
        let dataset = try SmallExample.dataset()
        let decisions = SplitDecisions(tree: tree, dataset: dataset, batch: 16)
        #expect(decisions.leafProbabilities(in: tree).images == dataset.count)
        // Untrained routers send all images the same way, so of three leaves at most two are anyone's first choice.
        let before = tree.topology.leaves.count
        let removed = tree.prune(decisions, minimumShare: 0.01)
        #expect(removed >= 1)
        #expect(tree.topology.leaves.count == before - removed)
        let again = SplitDecisions(tree: tree, dataset: dataset, batch: 70).leafProbabilities(in: tree)
        let kept = decisions.leafProbabilities(in: tree)
        for image in 0..<dataset.count {
            #expect(again.mostProbableLeaf(of: image) == kept.mostProbableLeaf(of: image))
        }
    }

    @Test("Normalisations fitted to all images change nothing in evaluation, and training begins where evaluation is")
    func refitting() throws {
        let dataset = try SmallExample.dataset()
        func loss(_ tree: TreeVAE, training: Bool) -> Float {
            let noise = KeyedNoise(seed: 1, step: 2, images: (0..<70).map { UInt32($0) })
            let graph = Graph(training: training, recording: false)
            return tree.pass(dataset.tensor(0..<70), noise: noise, in: graph).losses.total(alpha: 1, in: graph).item()
        }
        let (tree, other) = try (SmallExample.tree(), SmallExample.tree())
        let before = loss(tree, training: false)
        let apart = abs(loss(other, training: true) - before)
        tree.refitNorms(to: dataset, seed: 1, step: 2, batch: 24)
        #expect(abs(loss(tree, training: false) - before) < 1e-4 * before)
        #expect(abs(loss(tree, training: true) - before) < 0.1 * apart)
    }
}
