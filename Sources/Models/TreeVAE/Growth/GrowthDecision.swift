/// What the growth of a tree does next, from the leaf probabilities of all training images.
package enum GrowthDecision: Equatable {
    /// The tree has the wanted number of leaves in use, or no leaf that can be split.
    case stop
    /// Split this leaf (its index in leaf order) with a small tree that is trained on these images.
    case split(leaf: Int, members: [Int])

    /// Rules of growth.
    package struct Rules {
        /// How many leaves in use are wanted.
        package var clusters: Int
        /// The share of all probability above which a leaf is in use.
        package var minimumShare: Double
        /// The fewest images a leaf must have to be split.
        package var minimumMembers: Int
        /// No leaf may lie deeper.
        package var maximumDepth: Int

        package init(clusters: Int, minimumShare: Double, minimumMembers: Int, maximumDepth: Int) {
            self.clusters = clusters
            self.minimumShare = minimumShare
            self.minimumMembers = minimumMembers
            self.maximumDepth = maximumDepth
        }
    }

    /// The number of leaves in use.
    package static func leavesInUse(_ probabilities: LeafProbabilities, minimumShare: Double) -> Int {
        probabilities.shares.count { $0 >= minimumShare }
    }

    /// Splits the leaf that most images reach with at least τ = min(1/n, ½), n the number of leaves in use. A leaf at the
    /// greatest depth is passed over for the next popular one; the authors stop growing there, and count leaves by a list
    /// that shifts when one of them cannot be split.
    ///
    /// - Parameter depths: of the leaves, in leaf order.
    package init(_ probabilities: LeafProbabilities, depths: [Int], rules: Rules) {
        let inUse = Self.leavesInUse(probabilities, minimumShare: rules.minimumShare)
        guard inUse < rules.clusters else {
            self = .stop
            return
        }
        let threshold = Float(min(1 / Double(max(1, inUse)), 0.5))
        var best: (leaf: Int, members: [Int])?
        for leaf in 0..<probabilities.leaves where depths[leaf] < rules.maximumDepth {
            let members = probabilities.members(of: leaf, threshold: threshold)
            if members.count >= max(1, rules.minimumMembers), members.count > best?.members.count ?? 0 {
                best = (leaf, members)
            }
        }
        self = best.map { .split(leaf: $0.leaf, members: $0.members) } ?? .stop
    }
}
