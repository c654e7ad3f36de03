import JobStore
import ModelSettings
import Wire

/// What a training would be refused for by its worker is refused by building the same settings, with the images that are
/// known by now.
extension SpecResolver {
    func requireTraining(_ job: Grove_V1_TrainTree, _ dataset: ArtifactRecord?) throws {
        // What a job that goes on does not set is as it was: that is the resolver's of its checkpoint.
        guard !job.hasResume, let images = try dataset?.trainingImages() else { return }
        _ = try job.settings.training(on: images, seed: job.seed)
    }

    /// - Parameter tree: its images are the dataset's.
    func requireTraining(_ job: Grove_V1_TrainDiffusion, _ dataset: ArtifactRecord?, _ tree: ArtifactRecord?) throws {
        guard !job.hasResume, let images = try dataset?.trainingImages() ?? tree?.trainingImages() else { return }
        _ = try job.settings.training(on: images, seed: job.seed)
    }

    func requireTraining(_ job: Grove_V1_TrainClassifier, _ dataset: ArtifactRecord?) throws {
        guard let images = try dataset?.trainingImages() else { return }
        _ = try job.settings.training(on: images.count, seed: job.seed)
    }
}

extension ArtifactRecord {
    /// The images that it has, or is made for; `nil` where its facts do not tell.
    func trainingImages() throws -> TrainingImages? {
        let facts = try message().facts
        guard facts.height > 0, facts.width > 0, facts.channels > 0 else { return nil }
        return TrainingImages(
            height: Int(facts.height), width: Int(facts.width), channels: Int(facts.channels),
            count: facts.images == 0 ? nil : Int(clamping: facts.images))
    }
}
