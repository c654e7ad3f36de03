import Neural

/// The training of a diffusion model on what a frozen tree reconstructs, one optimiser step a call (Ho et al. 2020,
/// algorithm 1; Pandey et al. 2022).
///
/// Everything random is a function of the seed and the step, so a resumed run is bit-equal to an uninterrupted one, on any
/// number of cores.
package final class DiffusionTraining: TrainingRun {
    package let settings: DiffusionTrainingSettings
    package let description: DiffusionDescription
    /// Optimiser steps done.
    package private(set) var stepsDone = 0

    private let images: any DiffusionImages
    private let conditions: any ConditionSource
    private let schedule: DiffusionSchedule
    private let network: UNet
    private let optimiser: Adam
    private let graph = Graph(training: true, recording: true)
    private let average: ExponentialMovingAverage
    private var order: EpochOrder
    // Lists of the latest step, whose memory serves the next.
    private var indices: [Int] = []
    private var lists = DiffusionBatch.Lists()
    private var partLists = DiffusionBatch.Lists()
    private var parts: [TrainingProgress.Part] = []

    /// A run from the start. Throws if the settings cannot work or there are no images.
    package init(
        settings: DiffusionTrainingSettings, leafCount: Int, treeDigest: String, images: any DiffusionImages,
        conditions: any ConditionSource
    ) throws {
        try settings.validate()
        guard images.count > 0 else {
            throw DiffusionError("There are no images to train on; give the training a data set.")
        }
        let settings = settings.forTree(leafCount: leafCount)
        let description = DiffusionDescription(
            network: settings.network, pixelRange: settings.pixelRange, formulation: settings.formulation,
            leafCount: leafCount, treeDigest: treeDigest)
        try description.validate()
        self.settings = settings
        self.description = description
        self.images = images
        order = EpochOrder(of: images.count)
        self.conditions = conditions
        schedule = description.schedule
        network = try UNet(settings.network, seed: settings.seed)
        let parameters = network.state.parameters
        optimiser = Adam(
            parameters: parameters, learningRate: settings.learningRate,
            gradientClip: settings.gradientClip.map { Float($0) })
        average = ExponentialMovingAverage(
            parameters: parameters, decay: settings.averageDecay, warmUp: settings.averageWarmUp)
    }

    package var isFinished: Bool { stepsDone >= settings.steps }

    /// The last images of an epoch that do not fill a batch are left for another epoch's order.
    package var stepsPerEpoch: Int { max(1, images.count / settings.batchSize) }

    package func step() throws -> TrainingProgress {
        precondition(!isFinished, "DiffusionTraining: the run is finished")
        let step = stepsDone
        choose(step)
        let (reconstruction, leaf) = try conditions.conditions(for: indices, step: step)
        let batch = try DiffusionBatch(
            images: images.images(indices, in: graph), reconstruction: reconstruction, leaf: leaf, step: step,
            settings: settings, description: description, schedule: schedule, lists: &lists, in: graph)
        optimiser.clearGradients()
        let loss = accumulateGradients(batch, step: step)
        let rate = learningRate(step)
        let norm = loss.isFinite ? optimiser.step(learningRate: rate, average: average) : .nan
        guard loss.isFinite, norm.isFinite else {
            throw TrainingError(
                "Diffusion training stopped being a number at step \(step + 1) (loss \(loss), gradient norm \(norm)); "
                    + "lower the learning rate or resume from an earlier checkpoint.")
        }
        stepsDone += 1
        parts.removeAll(keepingCapacity: true)
        parts.append(.init(name: "gradient_norm", value: norm))
        return TrainingProgress(
            stage: "refinement", epoch: step / stepsPerEpoch,
            epochs: (settings.steps + stepsPerEpoch - 1) / stepsPerEpoch, step: stepsDone, totalSteps: settings.steps,
            loss: loss, parts: parts, learningRate: rate)
    }

    /// The learning rate of a step, from 0: as published, the first step's is 0.
    package func learningRate(_ step: Int) -> Double {
        LearningRate.warmedUp(settings.learningRate, step: step, over: settings.warmUpSteps)
    }

    package func model() throws -> [UInt8] {
        try DiffusionModelFile.encode(description, raw: network.state.tensors(), average: average.tensors())
    }
}

extension DiffusionTraining {
    /// Sets which images a step trains on.
    private func choose(_ step: Int) {
        let (epoch, position) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
        let key = RandomKey(seed: settings.seed, use: DiffusionRandomUse.order, step: UInt32(epoch))
        let first = position * settings.batchSize
        indices.removeAll(keepingCapacity: true)
        indices.append(
            contentsOf: order.images(at: first..<min(first + settings.batchSize, images.count), of: key))
    }

    /// Forward and backward passes over a batch in pieces of a fixed size; returns the loss.
    private func accumulateGradients(_ batch: DiffusionBatch, step: Int) -> Double {
        var loss = 0.0
        for first in stride(from: 0, to: indices.count, by: settings.imagesPerPass) {
            let part = first..<min(first + settings.imagesPerPass, indices.count)
            // Each piece drops values of its own.
            let dropout = RandomKey(
                seed: settings.seed, use: DiffusionRandomUse.dropout, step: UInt32(step), image: UInt32(first))
            partLists.set(to: lists, of: part)
            let prediction = network(
                batch.noisy.rows(part, in: graph), steps: partLists.steps,
                reconstruction: batch.reconstruction?.rows(part, in: graph),
                signal: network.signal(partLists.leaf, in: graph), in: graph, dropout: dropout)
            let error = graph.noiseError(
                prediction, batch.noise.rows(part, in: graph), settings.loss, over: batch.noise.count)
            loss += Double(error.item())
            graph.backward(from: error)
        }
        return loss
    }
}

// MARK: Checkpoints

extension DiffusionTraining {
    private static let checkpointKind = "diffusion-training"
    private static let momentPrefix = "adam."

    package func checkpoint() throws -> [UInt8] {
        var metadata = try DiffusionModelFile.metadata(description, kind: Self.checkpointKind)
        metadata["settings"] = try DiffusionModelFile.json(settings)
        metadata["step"] = String(stepsDone)
        metadata["images"] = String(images.count)
        let tensors =
            network.state.tensors(prefix: DiffusionModelFile.rawPrefix)
            + average.tensors(prefix: DiffusionModelFile.averagePrefix) + optimiser.tensors(prefix: Self.momentPrefix)
        try tensors.requireNumbers(step: stepsDone)
        return Safetensors.encode(tensors, metadata: metadata)
    }

    /// Goes on from a checkpoint with the images and conditions of the interrupted run.
    /// Throws a sentence if the bytes are no checkpoint or belong to another data set.
    ///
    /// - Parameter change: what is different from here on; the network and the process must stay as they are.
    package convenience init(
        resuming bytes: [UInt8], images: any DiffusionImages, conditions: any ConditionSource,
        changing change: (DiffusionTrainingSettings) throws -> DiffusionTrainingSettings = { $0 }
    ) throws {
        let file = try Safetensors(bytes: bytes)
        let description = try DiffusionModelFile.description(file, kind: Self.checkpointKind)
        let settings = try change(
            DiffusionModelFile.decode(
                DiffusionTrainingSettings.self, file.metadata["settings"] ?? "", what: "settings"))
        guard let step = Int(file.metadata["step"] ?? ""), step >= 0 else {
            throw DiffusionError("The checkpoint does not say at which step it was written; use another one.")
        }
        guard step <= settings.steps else {
            throw DiffusionError(
                "The checkpoint was written after step \(step), but the run is to have \(settings.steps) steps: ask for more."
            )
        }
        guard file.metadata["images"] == String(images.count) else {
            throw DiffusionError(
                "The checkpoint belongs to a data set of \((file.metadata["images"] ?? "?").shown(20)) images, not of "
                    + "\(images.count); give the run the data set it began with.")
        }
        guard settings.network == description.network, settings.pixelRange == description.pixelRange,
            settings.formulation == description.formulation
        else {
            throw DiffusionError(
                "A run that goes on keeps its network, pixel range and formulation: leave those settings as the "
                    + "checkpoint has them.")
        }
        try self.init(
            settings: settings, leafCount: description.leafCount, treeDigest: description.treeDigest, images: images,
            conditions: conditions)
        try network.state.load(file.under(DiffusionModelFile.rawPrefix))
        try average.load(file, updates: Int64(step), prefix: DiffusionModelFile.averagePrefix)
        try optimiser.load(file, prefix: Self.momentPrefix)
        stepsDone = step
    }
}
