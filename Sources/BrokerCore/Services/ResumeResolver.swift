import JobStore
import ModelSettings
import Wire

/// Finds the checkpoint of another job that a training goes on from, and the settings that it goes on with.
struct ResumeResolver {
    let context: ServiceContext

    /// The job as it will run, and the checkpoint that it begins with; `nil` when it begins at the beginning.
    ///
    /// - Parameter spec: resolved.
    /// - Throws: `RPCError`: NOT_FOUND for a job that there is not, FAILED_PRECONDITION for one that still runs, was
    ///   about something else, or left no checkpoint; INVALID_ARGUMENT for settings that do not fit the checkpoint.
    func resolved(_ spec: Grove_V1_JobSpec) throws -> (spec: Grove_V1_JobSpec, checkpoint: FileRecord?) {
        var spec = spec
        switch spec.kind {
        case .trainTree(let job) where job.hasResume:
            let (earlier, checkpoint) = try origin(of: spec, job.resume)
            spec.trainTree.settings = try settings(of: job, after: earlier.trainTree)
            return (spec, checkpoint)
        case .trainDiffusion(let job) where job.hasResume:
            let (earlier, checkpoint) = try origin(of: spec, job.resume)
            spec.trainDiffusion.settings = try settings(of: job, after: earlier.trainDiffusion, at: checkpoint)
            return (spec, checkpoint)
        default:
            return (spec, nil)
        }
    }

    private func origin(
        of spec: Grove_V1_JobSpec, _ resume: Grove_V1_Resume
    ) throws -> (earlier: Grove_V1_JobSpec, checkpoint: FileRecord) {
        let job = try JobsService(context: context).existing(resume.jobID)
        guard job.state.isTerminal else {
            throw RPCError(
                .failedPrecondition,
                "job \(job.id) has not ended: wait for it, or stop it with 'grove cancel \(job.id)'")
        }
        let earlier = try decode(
            Grove_V1_JobSpec.self, from: context.batch.spec(job.id) ?? [], what: "the stored job \(job.id)")
        guard Self.subject(earlier) == Self.subject(spec) else {
            throw RPCError(
                .failedPrecondition,
                "job \(job.id) trained another kind of model, or on other data: a training goes on with what it began with"
            )
        }
        let kept = try context.batch.checkpoints(of: job.id)
        let chosen =
            switch resume.which {
            case "previous": kept.previous
            case "best": kept.best
            default: kept.newest
            }
        guard let chosen else {
            throw RPCError(
                .failedPrecondition,
                "job \(job.id) has left no \(resume.which.isEmpty ? "" : resume.which + " ")checkpoint: begin anew")
        }
        return (earlier, chosen)
    }

    /// What a checkpoint is of: the kind of model, and the contents of what it is trained on.
    private static func subject(_ spec: Grove_V1_JobSpec) -> [String] {
        switch spec.kind {
        case .trainTree(let job): ["tree", job.dataset.sha256]
        case .trainDiffusion(let job): ["diffusion", job.dataset.sha256, job.tree.sha256]
        default: []
        }
    }
}

// MARK: Settings

extension ResumeResolver {
    /// What must stay as it is in a run that goes on.
    private struct Kept<Model: Equatable>: Equatable {
        let preset: String
        let model: Model
    }

    private func settings(
        of job: Grove_V1_TrainTree, after earlier: Grove_V1_TrainTree
    ) throws -> Grove_V1_TreeSettings {
        let change = SettingsChange(Grove_V1_TreeSettings.fields, of: earlier.settings, by: job.settings)
        guard let images = try images(of: job.dataset) else { return change.result }
        try change.requireKept(of: "train_tree") { settings throws(RPCError) in
            Kept(preset: settings.presetName, model: try settings.training(on: images, seed: 0).tree)
        }
        return change.result
    }

    private func settings(
        of job: Grove_V1_TrainDiffusion, after earlier: Grove_V1_TrainDiffusion, at checkpoint: FileRecord
    ) throws -> Grove_V1_DiffusionSettings {
        let change = SettingsChange(Grove_V1_DiffusionSettings.fields, of: earlier.settings, by: job.settings)
        guard let images = try images(of: job.dataset) else { return change.result }
        try change.requireKept(of: "train_diffusion") { settings throws(RPCError) in
            Kept(preset: settings.presetName, model: try settings.training(on: images, seed: 0).process)
        }
        let steps = try change.result.training(on: images, seed: 0).steps
        if let done = CheckpointName.step(of: checkpoint.name), done > steps {
            throw RPCError(
                .invalidArgument,
                "train_diffusion.settings.steps is \(steps), but the checkpoint was written after step \(done); set "
                    + "\(done) or more",
                violations: [.init(field: "train_diffusion.settings.steps", description: "less than are done")])
        }
        return change.result
    }

    private func images(of dataset: Grove_V1_ArtifactRef) throws -> TrainingImages? {
        try ArtifactsService(context: context).find(dataset, .dataset).trainingImages()
    }
}
