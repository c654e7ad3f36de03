import Foundation
import Models
import Wire

/// Drives a training run: steps, progress, checkpoints, curves; the same for both models.
struct TrainingLoop {
    private let context: JobContext
    private let policy: Grove_V1_CheckpointPolicy
    private var meter: ProgressMeter
    private var lastSave = ContinuousClock.now
    private var lastStage = ""
    private var curve = MetricsLog()

    init(_ context: JobContext, policy: Grove_V1_CheckpointPolicy, imagesPerStep: Int) {
        self.context = context
        self.policy = policy
        meter = ProgressMeter(imagesPerStep: imagesPerStep)
    }

    /// Runs to the end, or until the attempt must stop; a shutdown saves first. Answers the curves, one JSON object a line.
    mutating func run(_ training: any TrainingRun) throws -> ResultFile {
        while !training.isFinished {
            if let reason = context.attempt.stop {
                if reason.savesWork { try context.save(checkpoint: training.checkpoint()) }
                throw JobStopped(reason: reason)
            }
            let step = try training.step()
            context.attempt.report(meter.training(step))
            note(step)
            curve.add(step)
            if isCheckpointDue(step.step) {
                try save(training)
            }
        }
        return curve.file
    }

    /// Training goes on without a broker; the next checkpoint that is due is tried again.
    private mutating func save(_ training: any TrainingRun) throws {
        let checkpoint = try training.checkpoint()
        do {
            try context.save(checkpoint: checkpoint)
        } catch let error as RPCError where error.isPassing {
            context.log("a checkpoint was not saved: \(error.message)")
        }
        lastSave = .now
    }

    private mutating func note(_ step: TrainingProgress) {
        guard step.stage != lastStage else { return }
        lastStage = step.stage
        context.log("stage \(step.stage): \(step.epochs) epochs, from step \(step.step)")
    }

    private func isCheckpointDue(_ step: Int) -> Bool {
        if policy.everySteps > 0 && step % Int(policy.everySteps) == 0 { return true }
        let wanted = policy.everySeconds > 0 ? Int64(policy.everySeconds) : (policy.everySteps > 0 ? nil : 120)
        guard let wanted else { return false }
        return lastSave.duration(to: .now) >= .seconds(wanted)
    }
}
