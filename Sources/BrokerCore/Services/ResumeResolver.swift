import JobStore
import Wire

/// Finds the checkpoint of another job that a training goes on from.
struct ResumeResolver {
    let context: ServiceContext

    /// - Parameter spec: resolved.
    /// - Returns: `nil` when the job begins at the beginning.
    /// - Throws: `RPCError`: NOT_FOUND for a job that there is not, FAILED_PRECONDITION for one that still runs, was
    ///   about something else, or left no checkpoint.
    func checkpoint(for spec: Grove_V1_JobSpec) throws -> FileRecord? {
        let resume: Grove_V1_Resume
        switch spec.kind {
        case .trainTree(let job) where job.hasResume: resume = job.resume
        case .trainDiffusion(let job) where job.hasResume: resume = job.resume
        default: return nil
        }
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
        return chosen
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
