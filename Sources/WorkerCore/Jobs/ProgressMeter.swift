import Models
import Wire

/// Turns steps into what people want to know: images a second and the time left, from a sliding window of step times.
struct ProgressMeter {
    private let clock = ContinuousClock()
    private let imagesPerStep: Double
    private var marks: [(step: UInt64, time: ContinuousClock.Instant)] = []

    init(imagesPerStep: Int) {
        self.imagesPerStep = Double(imagesPerStep)
    }

    /// A progress message for one finished step of a training run.
    mutating func training(_ step: TrainingProgress) -> Grove_V1_Progress {
        var progress = timed(step: step.step, of: step.totalSteps)
        progress.stage = step.stage
        progress.epoch = UInt32(clamping: step.epoch + 1)
        progress.epochs = UInt32(clamping: step.epochs)
        progress.metrics["loss"] = step.loss
        progress.metrics["learning_rate"] = step.learningRate
        for part in step.parts { progress.metrics[part.name] = part.value }
        return progress
    }

    /// A progress message for one finished step of any other work.
    mutating func work(_ stage: String, step: Int, of total: Int) -> Grove_V1_Progress {
        var progress = timed(step: step, of: total)
        progress.stage = stage
        return progress
    }

    private mutating func timed(step: Int, of total: Int) -> Grove_V1_Progress {
        var progress = Grove_V1_Progress()
        progress.step = UInt64(clamping: step)
        progress.totalSteps = UInt64(clamping: total)
        progress.secondsLeft = -1
        marks.append((progress.step, clock.now))
        if marks.count > Self.window { marks.removeFirst() }
        if let first = marks.first, let last = marks.last, last.step > first.step {
            let secondsPerStep = first.time.duration(to: last.time).seconds / Double(last.step - first.step)
            progress.imagesPerSecond = secondsPerStep > 0 ? imagesPerStep / secondsPerStep : 0
            progress.secondsLeft = Double(max(0, total - step)) * secondsPerStep
        }
        return progress
    }

    private static let window = 50
}
