import Foundation
import Models
import Wire

/// Drives a training run: steps, progress, checkpoints, curves; the same for all models.
struct TrainingLoop {
    private let context: JobContext
    private let policy: Grove_V1_CheckpointPolicy
    private let title: String
    /// Told of each stage that follows another one, when its first step is done.
    var onNewStage: (_ stage: String) throws -> Void = { _ in }
    private var meter: ProgressMeter
    private var notes: RunCheckpoint.Notes
    private var lossCurve = Grove_V1_Curve()
    private var lastSummary: ContinuousClock.Instant?
    private var lastSave = ContinuousClock.now
    private var lastShow: ContinuousClock.Instant?
    private var lastSheet = ContinuousClock.now
    private var lastStage = ""
    /// The step of the newest checkpoint, and of the run.
    private var savedStep = 0
    private var step = 0

    /// - Parameters:
    ///   - title: of the plot of the curves.
    ///   - notes: of the checkpoint that the run goes on from.
    init(
        _ context: JobContext, policy: Grove_V1_CheckpointPolicy, imagesPerStep: Int, title: String,
        notes: RunCheckpoint.Notes = .init()
    ) {
        self.context = context
        self.policy = policy
        self.title = title
        self.notes = notes
        meter = ProgressMeter(imagesPerStep: imagesPerStep)
    }

    /// Runs to the end, or until the attempt must stop; a shutdown saves first. Answers the curves as files.
    ///
    /// - Parameter sheet: draws a sheet of samples after so many steps; nil when it was kept from it.
    mutating func run(_ training: any TrainingRun, sheet: (_ step: Int) throws -> ResultFile?) throws -> [ResultFile] {
        while !training.isFinished {
            if let reason = context.attempt.stop {
                if reason.savesWork, step > savedStep { try save(training) }
                throw JobStopped(reason: reason)
            }
            do {
                let begin = ContinuousClock.now
                try note(try training.step())
                context.precedence.giveWay(after: begin.duration(to: .now)) { context.attempt.stop != nil }
                if isCheckpointDue { try save(training) }
                if isSheetDue { try draw(sheet) }
            } catch let error as TrainingError {
                // The last checkpoint stays as it is; the curves show how it came to this.
                try tolerating("the last part of the curves") { try context.save(checkpoint: nil, files: files()) }
                throw error
            }
        }
        return try files()
    }

    private func files() throws -> [ResultFile] {
        try CurveFiles(notes.curve).all + CurvePlot(notes.curve, title: title).files
    }

    private mutating func note(_ progress: TrainingProgress) throws {
        step = progress.step
        notes.curve.add(progress)
        notes.best.add(progress)
        var report = meter.training(progress)
        report.lossCurve = summary()
        context.attempt.report(report)
        guard progress.stage != lastStage else { return }
        let isFirst = lastStage.isEmpty
        lastStage = progress.stage
        context.log("stage \(progress.stage): \(progress.epochs) epochs, from step \(progress.step)")
        if !isFirst { try onNewStage(progress.stage) }
    }

    private mutating func save(_ training: any TrainingRun) throws {
        var next = notes
        let isBest = next.best.close()
        let bytes = try RunCheckpoint(state: training.checkpoint(), notes: next).encoded()
        let file = ResultFile(
            name: CheckpointName.of(step: step), mediaType: "application/x-grove-checkpoint", bytes: bytes)
        // Drawing the curves takes longer than many a step.
        let shows = lastShow.map { $0.duration(to: .now) >= Self.pauseBetweenShows } ?? true
        let isSaved = try tolerating("the checkpoint of step \(step)") {
            try context.save(checkpoint: file, isBest: isBest, files: shows ? files() : [])
        }
        if shows { lastShow = .now }
        if isSaved { (notes, savedStep) = (next, step) }
        lastSave = .now
    }

    /// The curve in few points; steps are often shorter than the second from one heartbeat to the next.
    private mutating func summary() -> Grove_V1_Curve {
        if lastSummary.map({ $0.duration(to: .now) >= .seconds(1) }) ?? true {
            lossCurve = notes.curve.summary
            lastSummary = .now
        }
        return lossCurve
    }

    private mutating func draw(_ sheet: (Int) throws -> ResultFile?) throws {
        do {
            if let file = try sheet(step) {
                try tolerating(file.name) { try context.save(checkpoint: nil, files: [file]) }
                notes.sheets += 1
            }
        } catch let error as DiffusionError {
            // A model that cannot be drawn from yet may still learn; if it is broken, the next step says so.
            context.log("no sheet after step \(step): \(error.description)")
        }
        lastSheet = .now
    }

    /// After every hundred sheets it takes twice as long to the next, so that a job's results stay in bounds.
    private var isSheetDue: Bool {
        guard policy.sheetEverySeconds > 0 else { return false }
        return lastSheet.duration(to: .now) >= .seconds(Int64(policy.sheetEverySeconds) << min(20, notes.sheets / 100))
    }

    /// Training goes on without a broker, or with one whose disk is full; what is due next is tried again.
    /// Answers whether it was saved.
    @discardableResult
    private func tolerating(_ what: String, _ saving: () throws -> Void) throws -> Bool {
        do {
            try saving()
            return true
        } catch let error as RPCError where error.isPassing {
            context.log("\(what) was not saved, the one before it stays: \(error.message)")
            return false
        }
    }

    private var isCheckpointDue: Bool {
        if policy.everySteps > 0 && step % Int(policy.everySteps) == 0 { return true }
        let wanted = policy.everySeconds > 0 ? Int64(policy.everySeconds) : (policy.everySteps > 0 ? nil : 120)
        guard let wanted else { return false }
        return lastSave.duration(to: .now) >= .seconds(wanted)
    }

    /// Curves go with a checkpoint when the last ones are at least so old.
    private static let pauseBetweenShows = Duration.seconds(15)
}
