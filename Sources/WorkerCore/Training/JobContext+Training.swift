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
    /// What decides whether a model can be trained on it.
    var trainingImages: TrainingImages {
        TrainingImages(height: height, width: width, channels: channels, count: count)
    }
}
