import Foundation
import Models
import Neural
import Wire

/// Runs one attempt from its specification to its outcome. Never throws: every error becomes an outcome with a sentence.
package struct JobExecutor: Sendable {
    private let link: any BrokerLink
    private let blobs: BlobCache
    private let models: ModelCache
    private let precedence: Precedence

    package init(
        link: any BrokerLink, blobs: BlobCache, models: ModelCache, precedence: Precedence = Precedence(share: 1)
    ) {
        self.link = link
        self.blobs = blobs
        self.models = models
        self.precedence = precedence
    }

    /// Hashes of the models and datasets that are in memory.
    package var loadedModels: [String] { models.loaded }

    package func run(_ attempt: RunningAttempt) -> JobOutcome {
        let context = JobContext(attempt: attempt, link: link, blobs: blobs, models: models, precedence: precedence)
        do {
            try context.checkStop()
            return .succeeded(try products(of: attempt.assignment, context))
        } catch let stopped as JobStopped {
            switch stopped.reason {
            case .dropped: return .failed(RPCError(.cancelled, "The job was cancelled."))
            case .shutdown: return .interrupted(reason: "the worker was stopped")
            case .yield: return .interrupted(reason: "the broker asked for the job back")
            }
        } catch let error as RPCError where error.meansBrokerAway {
            // The broker was away while the job needed it: not the job's fault.
            return .interrupted(reason: error.message)
        } catch {
            return .failed(RPCError(endingJob: error))
        }
    }

    private func products(of assignment: Grove_V1_Assignment, _ context: JobContext) throws -> JobProducts {
        switch assignment.spec.kind {
        case .importDataset(let job): try ImportDatasetJob(job).run(context)
        case .importModel(let job): try ImportModelJob(job).run(context)
        case .trainTree(let job): try TrainTreeJob(job).run(context)
        case .trainDiffusion(let job): try TrainDiffusionJob(job).run(context)
        case .trainClassifier(let job): try TrainClassifierJob(job).run(context)
        case .sample(let job): try SampleJob(job).run(context)
        case .reconstruct(let job): try ReconstructJob(job).run(context)
        case .refine(let job): try RefineJob(job).run(context)
        case .evaluate(let job): try EvaluateJob(job).run(context)
        case .figure(let job): try FigureJob(job).run(context)
        case nil:
            throw JobError(.unimplemented, "This worker does not know the job's kind: update it and submit again.")
        }
    }
}
