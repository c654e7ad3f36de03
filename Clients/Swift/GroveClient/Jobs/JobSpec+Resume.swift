extension JobSpec {
    /// This training, going on from a checkpoint of `job`.
    ///
    /// - Parameters:
    ///   - which: "newest", "previous" or "best".
    ///   - pairs: settings that are different from there on, `key=value`.
    /// - Throws: `RPCError` INVALID_ARGUMENT when it is no training, or for a setting that there is not.
    package func resuming(
        _ job: String, from which: String, changing pairs: [String],
        _ savings: (inout Grove_V1_CheckpointPolicy) throws(RPCError) -> Void
    ) throws(RPCError) -> JobSpec {
        var spec = self
        var resume = Grove_V1_Resume()
        (resume.jobID, resume.which) = (job, which)
        switch kind {
        case .trainTree:
            spec.trainTree.resume = resume
            spec.trainTree.settings = try SettingsText.tree(pairs, into: spec.trainTree.settings)
            try savings(&spec.trainTree.checkpoints)
        case .trainDiffusion:
            spec.trainDiffusion.resume = resume
            spec.trainDiffusion.settings = try SettingsText.diffusion(pairs, into: spec.trainDiffusion.settings)
            try savings(&spec.trainDiffusion.checkpoints)
        case .trainClassifier:
            throw RPCError(
                .invalidArgument,
                "job \(job) trained a classifier, which takes minutes and is not resumed: submit it again")
        default:
            throw RPCError(
                .invalidArgument, "job \(job) was no training, so there is nothing to go on from: submit it again")
        }
        try JobValidation.check(spec)
        return spec
    }
}
