extension TreeTrainingSettings {
    /// What growth goes by.
    package var growthRules: GrowthDecision.Rules {
        GrowthDecision.Rules(
            clusters: clusters, minimumShare: minimumLeafShare, minimumMembers: max(2, minimumSplitImages ?? batchSize),
            maximumDepth: tree.maximumDepth)
    }
}
