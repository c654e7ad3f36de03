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
                if reason == .shutdown { try context.save(checkpoint: training.checkpoint()) }
                throw JobStopped(reason: reason)
            }
            let step = try training.step()
            context.attempt.report(meter.training(step))
            note(step)
            curve.add(step)
            if isCheckpointDue(step.step) {
                try context.save(checkpoint: training.checkpoint())
                lastSave = .now
            }
        }
        return curve.file
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

/// The training curves: every step for the first thousand, then thinned so that a night's run stays readable.
struct MetricsLog {
    private var lines: [String] = []

    mutating func add(_ step: TrainingProgress) {
        guard step.step <= 1000 || step.step % 10 == 0 else { return }
        var fields = ["\"step\":\(step.step)", "\"stage\":\"\(step.stage)\"", "\"epoch\":\(step.epoch)"]
        fields.append("\"loss\":\(step.loss)")
        fields.append("\"learning_rate\":\(step.learningRate)")
        fields += step.parts.map { "\"\($0.name)\":\($0.value)" }
        lines.append("{" + fields.joined(separator: ",") + "}")
    }

    var file: ResultFile {
        ResultFile(
            name: "metrics.jsonl", mediaType: "application/jsonl",
            bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
    }
}
