import Models
import Neural
import Wire

/// Images that each leaf draws: those new images whose leaf it is, from the first one under a seed on.
struct LeafGenerations {
    private let loop: GenerationLoop
    private let perLeaf: Int
    private let seed: UInt64
    private let context: JobContext

    init(
        kind: JobKind, tree: Grove_V1_ArtifactRef, refinement: Grove_V1_Refinement, perLeaf: Int, seed: UInt64,
        _ context: JobContext
    ) {
        loop = GenerationLoop(
            kind: kind, tree: tree, refinement: refinement.hasDiffusion ? refinement : nil)
        self.perLeaf = perLeaf
        self.seed = seed
        self.context = context
    }

    /// Hands over each leaf's images in pieces; a leaf that is hardly ever drawn may have fewer than were asked for.
    func forEach(_ body: (_ leaf: Int, _ images: [GeneratedImage]) throws -> Void) throws {
        let tree = try context.tree(loop.tree).tree
        var draws = LeafDraws(tree, perLeaf: perLeaf, seed: seed)
        while !draws.isFinished {
            try context.checkStop()
            draws.step()
        }
        for (leaf, numbers) in draws.numbers.enumerated() where !numbers.isEmpty {
            let request = GenerationRequest(.numbered(numbers), leaves: .one(leaf), seed: seed)
            try loop.forEach(request, stage: "leaf \(leaf)", context) { try body(leaf, $0) }
        }
    }

    /// What a classifier takes each leaf's images for.
    func classes(by classifier: Classifier) throws -> [LeafClasses] {
        let tree = try context.tree(loop.tree).tree
        let names = classifier.description.classNames
        var leaves = tree.topology.leaves.indices.map { LeafClasses(leaf: $0, classNames: names) }
        try forEach { leaf, images in
            leaves[leaf].add(images, shape: ImageShape(tree), classifier)
        }
        return leaves
    }
}

/// How often a classifier found each class among the images that a leaf drew.
struct LeafClasses: Encodable {
    let leaf: Int
    private(set) var images = 0
    let classNames: [String]
    private(set) var counts: [Int]

    init(leaf: Int, classNames: [String]) {
        self.leaf = leaf
        self.classNames = classNames
        counts = Array(repeating: 0, count: classNames.count)
    }

    mutating func add(_ drawn: [GeneratedImage], shape: ImageShape, _ classifier: Classifier) {
        let features = classifier.features(shape.tensor(drawn.map(\.pixels)))
        for found in classifier.classes(features: features) { counts[found] += 1 }
        images += drawn.count
    }

    /// Of each class; zeros where nothing was drawn.
    var shares: [Double] { counts.map { Double($0) / Double(max(1, images)) } }

    /// The class that was found most often, the first of equals; nil where nothing was drawn.
    var majority: (name: String, share: Double)? {
        guard images > 0, let most = counts.max(), let index = counts.firstIndex(of: most) else { return nil }
        return (classNames[index], shares[index])
    }

    var sentence: String {
        guard let majority else { return "leaf \(leaf): hardly ever drawn, so nothing to name" }
        return
            "leaf \(leaf): the classifier takes \(Decimals.text(majority.share)) of \(images) generations for \(majority.name)"
    }

    private enum Key: String, CodingKey { case leaf, images, majorityClass, majorityShare, classes }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(leaf, forKey: .leaf)
        try container.encode(images, forKey: .images)
        try container.encodeIfPresent(majority?.name, forKey: .majorityClass)
        try container.encodeIfPresent(majority?.share, forKey: .majorityShare)
        let found = zip(classNames, counts).filter { $0.1 > 0 }
        try container.encode(Dictionary(found, uniquingKeysWith: +), forKey: .classes)
    }
}
