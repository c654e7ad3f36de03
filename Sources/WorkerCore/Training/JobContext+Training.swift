import Models
import Wire

extension JobContext {
    /// The checkpoint that this attempt goes on from: of an earlier attempt, or of the job that it resumes.
    func checkpoint(resuming resume: Grove_V1_Resume?) throws -> RunCheckpoint? {
        let assignment = attempt.assignment
        guard assignment.hasCheckpoint else { return nil }
        let file = assignment.checkpoint
        let source =
            resume.map { "job \($0.jobID), or of an earlier attempt at this one" } ?? "an earlier attempt"
        log("continues from the checkpoint of \(source): \(file.name)")
        return try RunCheckpoint(bytes: bytes(file))
    }
}

extension ImageDataset {
    /// Throws a sentence when a training's first batch could not be filled.
    func require(batch: Int, name: String) throws(JobError) {
        guard count < batch else { return }
        throw JobError(
            .invalidArgument,
            "The dataset '\(name)' has \(count) images, fewer than the \(batch) of a batch: import more, or train with "
                + "--set batch_size=\(count) or less.")
    }
}
