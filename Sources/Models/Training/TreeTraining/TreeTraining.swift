import Neural

/// The training and growth of a tree (section 4 of the TreeVAE paper and appendix), one optimiser step a call.
///
/// Stages: *initial* trains a root and two leaves; *split k* trains a small tree that then replaces the most popular leaf;
/// *intermediate* trains the whole tree between splits; *final* does so at the end, after pruning, and once more where leaves
/// have grown anew. Each stage has an optimiser, a learning rate and an α of its own. Everything random is a function of
/// the seed and the step, so that a resumed run is bit-equal to an uninterrupted one, on any number of cores.
package final class TreeTraining: TrainingRun {
    package let settings: TreeTrainingSettings
    package let dataset: ImageDataset
    package let tree: TreeVAE
    private let augmentation: ImageAugmentation?
    private let graph = Graph(training: true, recording: true)
    /// Of the latest step; its memory serves the next.
    private var parts: [TrainingProgress.Part] = []
    private(set) var position = TreeTrainingPosition()
    /// What the current stage works with; nil when the run is finished.
    private(set) var stage: TreeStageWork?

    /// A run from the start.
    ///
    /// - Parameter augmentation: makes views of images; needed where the settings ask for augmentation.
    package init(
        settings: TreeTrainingSettings, dataset: ImageDataset, augmentation: ImageAugmentation? = nil
    ) throws {
        try settings.validate()
        try Self.check(dataset, fits: settings, augmentation)
        self.settings = settings
        self.dataset = dataset
        self.augmentation = augmentation
        tree = try TreeVAE(settings.tree, seed: settings.seed)
        begin(.initial)
        passEmptyStages()
    }

    /// A run that goes on from a checkpoint.
    init(
        settings: TreeTrainingSettings, dataset: ImageDataset, augmentation: ImageAugmentation?, tree: TreeVAE,
        position: TreeTrainingPosition, members: [Int]
    ) throws {
        try settings.validate()
        try Self.check(dataset, fits: settings, augmentation)
        self.settings = settings
        self.dataset = dataset
        self.augmentation = augmentation
        self.tree = tree
        self.position = position
        stage = position.stage == .finished ? nil : work(members: members)
    }

    package var isFinished: Bool { position.stage == .finished }

    package func step() throws -> TrainingProgress {
        guard let stage else { preconditionFailure("TreeTraining: the run is finished") }
        let stageSettings = settings.stage(at: position)
        let alpha = stageSettings.alpha(epoch: position.epoch)
        let rate = LearningRate.warmedUp(
            settings.learningRate * stageSettings.learningRateFactor(epoch: position.epoch),
            step: position.epoch * stage.batches.stepsPerEpoch + position.batch,
            over: settings.warmUpSteps(of: position.stage))
        let losses = stage.losses(position)
        let loss = losses.total(alpha: Float(alpha), in: graph)
        stage.optimiser.clearGradients()
        graph.backward(from: loss)
        let value = Double(loss.item())
        let norm = value.isFinite ? stage.optimiser.step(learningRate: rate) : .nan
        guard norm.isFinite else {
            throw TrainingError(
                "Tree training stopped being a number in stage \"\(position.stageName)\" at step "
                    + "\(position.stepsDone + 1) (loss \(value), gradient norm \(norm)); lower the learning rate or "
                    + "resume from an earlier checkpoint.")
        }
        parts.removeAll(keepingCapacity: true)
        losses.appendParts(to: &parts)
        parts.append(.init(name: "alpha", value: alpha))
        parts.append(.init(name: "leaves", value: Double(tree.topology.leaves.count)))
        var progress = TrainingProgress(
            stage: position.stageName, epoch: position.epoch, epochs: stageSettings.epochs,
            step: position.stepsDone + 1, totalSteps: 0, loss: value, parts: parts, learningRate: rate,
            score: losses.negativeELBO)
        advance()
        progress.totalSteps = expectedSteps
        return progress
    }

    package func model() throws -> [UInt8] {
        try tree.fileBytes(metadata: ["training": SettingsText.encode(settings)])
    }

    private static func check(
        _ dataset: ImageDataset, fits settings: TreeTrainingSettings, _ augmentation: ImageAugmentation?
    ) throws(TreeError) {
        let tree = settings.tree
        guard dataset.height == tree.imageSize, dataset.width == tree.imageSize, dataset.channels == tree.imageChannels
        else {
            throw TreeError(
                "The tree is set up for images of \(tree.imageSize)×\(tree.imageSize)×\(tree.imageChannels), but the "
                    + "data set's are \(dataset.width)×\(dataset.height)×\(dataset.channels).")
        }
        guard dataset.count >= 2 else {
            throw TreeError("A tree cannot be trained on \(dataset.count) image; give the training more.")
        }
        guard augmentation != nil || !tree.augment else {
            throw TreeError("The settings ask for augmented images, but the training was given no augmentation.")
        }
    }
}

// MARK: Stages

extension TreeTraining {
    /// Moves to the next batch, epoch or stage; at the end of a stage that includes what follows from it, such as the
    /// decision which leaf to split.
    private func advance() {
        position.stepsDone += 1
        position.batch += 1
        guard let stage, position.batch >= stage.batches.stepsPerEpoch else { return }
        position.batch = 0
        position.epoch += 1
        guard position.epoch >= settings.stage(at: position).epochs else { return }
        finishStage()
        passEmptyStages()
    }

    /// For a run that goes on: where its settings have fewer epochs than are done, or larger batches, what follows comes next.
    func passWhatIsDone() {
        guard let stage else { return }
        if position.batch >= stage.batches.stepsPerEpoch {
            position.batch = 0
            position.epoch += 1
        }
        guard position.epoch >= settings.stage(at: position).epochs else { return }
        finishStage()
        passEmptyStages()
    }

    private func passEmptyStages() {
        while !isFinished, settings.stage(at: position).epochs == 0 { finishStage() }
    }

    private func finishStage() {
        switch position.stage {
        case .initial: grow()
        case .split:
            if let small = stage?.small, let node = position.splitNode { attach(small, at: node) }
            position.splitsDone += 1
            position.intermediateDone = false
            grow()
        case .intermediate:
            position.intermediateDone = true
            grow()
        case .final: growAnew()
        case .finished: finish()
        }
    }

    /// Ends the final stage. A whole tree that is trained on may gather in one leaf the images of a class that splits had cut
    /// apart, and empty others: these are pruned, and the fullest leaves are split in their place.
    private func growAnew() {
        guard position.regrowths ?? 0 < settings.regrowths ?? 0 else { return finish() }
        let decisions = SplitDecisions(tree: tree, dataset: dataset, batch: settings.evaluationBatch)
        tree.prune(decisions, minimumShare: settings.minimumLeafShare)
        guard tree.topology.leaves.count < settings.clusters else { return finish() }
        position.regrowths = (position.regrowths ?? 0) + 1
        grow(by: decisions)
    }

    private func attach(_ small: SmallTree, at node: Int) {
        tree.attach(small, at: node)
        guard settings.refitsNorms == true else { return }
        tree.refitNorms(
            to: dataset, seed: settings.seed, step: UInt32(truncatingIfNeeded: position.stepsDone),
            batch: settings.evaluationBatch)
    }

    /// Decides what follows a trained tree: an intermediate stage, another split, or the end of growth.
    ///
    /// - Parameter made: the tree's decisions, where they are known already.
    private func grow(by made: SplitDecisions? = nil) {
        let decisions = made ?? SplitDecisions(tree: tree, dataset: dataset, batch: settings.evaluationBatch)
        let depths = tree.topology.leaves.map { tree.topology.nodes[$0].depth }
        let decision = GrowthDecision(
            decisions.leafProbabilities(in: tree), depths: depths, rules: settings.growthRules)
        guard case .split(let leaf, let members) = decision, position.splitsDone < settings.maximumSplits else {
            guard position.stage != .final else { return finish() }
            if settings.prunes { tree.prune(decisions, minimumShare: settings.minimumLeafShare) }
            begin(.final)
            return
        }
        if position.regrowths == nil, settings.hasIntermediateStage(afterSplits: position.splitsDone),
            !position.intermediateDone
        {
            begin(.intermediate)
        } else {
            begin(.split, node: tree.topology.leaves[leaf], members: members)
        }
    }

    private func begin(_ next: TreeTrainingPosition.Stage, node: Int? = nil, members: [Int]? = nil) {
        if stage != nil { position.stagesBegun += 1 }
        position.stage = next
        position.epoch = 0
        position.batch = 0
        position.splitNode = node
        stage = work(members: members ?? Array(0..<dataset.count))
    }

    private func finish() {
        position.stage = .finished
        position.epoch = 0
        position.splitNode = nil
        stage = nil
    }

    private func work(members: [Int]) -> TreeStageWork {
        TreeStageWork(
            tree: tree, in: graph, dataset: dataset, members: members, settings: settings, position: position,
            augmentation: augmentation)
    }
}

// MARK: Expectations

extension TreeTraining {
    /// Steps of the whole run as far as they can be foreseen: one split for each missing leaf, on somewhat more images
    /// than a fair share.
    private var expectedSteps: Int {
        guard let stage else { return position.stepsDone }
        let stageSettings = settings.stage(at: position)
        var total =
            position.stepsDone + (stageSettings.epochs - position.epoch) * stage.batches.stepsPerEpoch - position.batch
        guard position.stage != .final else { return total }
        func stepsPerEpoch(_ images: Int, _ stage: TreeTrainingPosition.Stage) -> Int {
            max(1, images / max(1, settings.batchSize / settings.views(of: stage)))
        }
        let first = position.splitsDone + (position.stage == .split ? 1 : 0)
        for split in first..<max(first, settings.clusters - 2) {
            let trained = position.stage != .split && split == first
            let intermediateIsPast = trained && (position.stage == .intermediate || position.intermediateDone)
            if settings.hasIntermediateStage(afterSplits: split), !intermediateIsPast {
                total += settings.intermediate.epochs * stepsPerEpoch(dataset.count, .intermediate)
            }
            let images = min(dataset.count, dataset.count * 13 / (10 * (split + 2)))
            total += settings.split.epochs * stepsPerEpoch(images, .split)
        }
        var end = position
        end.stage = .final
        return total + settings.stage(at: end).epochs * stepsPerEpoch(dataset.count, .final)
    }
}

extension TreeTrainingSettings {
    /// Whether the whole tree is trained between this many splits and the next one.
    func hasIntermediateStage(afterSplits splits: Int) -> Bool {
        splits > 0 && splitsPerIntermediate > 0 && splits % splitsPerIntermediate == 0 && intermediate.epochs > 0
    }

    /// Whether a stage sees augmented images.
    func augments(_ stage: TreeTrainingPosition.Stage) -> Bool {
        tree.augment && (stage != .final || augmentsFinal != false)
    }

    /// Views of each image in a batch of a stage.
    func views(of stage: TreeTrainingPosition.Stage) -> Int { augments(stage) ? views : 1 }

    /// Steps over which the learning rate of a stage rises.
    func warmUpSteps(of stage: TreeTrainingPosition.Stage) -> Int {
        switch stage {
        case .intermediate, .final: warmUpSteps ?? 0
        case .initial, .split, .finished: 0
        }
    }

    func stage(at position: TreeTrainingPosition) -> TreeStageSettings {
        switch position.stage {
        case .initial: initial
        case .split where position.regrowths != nil: splitAgain
        case .split: split
        case .intermediate: intermediate
        case .final where position.regrowths != nil: finalAgain
        case .final where tree.isContrastive && augmentsFinal == false: plainFinal
        case .final, .finished: final
        }
    }

    /// Where no views are compared any more, the full rate would gather in one leaf again what they had told apart.
    private var plainFinal: TreeStageSettings {
        var stage = final
        stage.rate = 0.3 * (final.rate ?? 1)
        return stage
    }

    /// Leaves that grow anew join a tree that has come to the last α, and are trained at that.
    private var splitAgain: TreeStageSettings {
        var stage = split
        (stage.klStart, stage.klEnd) = (final.klEnd, final.klEnd)
        return stage
    }

    /// The second half of the final stage once more, for leaves that have grown anew: the last α, a tenth of the rate.
    private var finalAgain: TreeStageSettings {
        let epochs = (final.epochs + 1) / 2
        return TreeStageSettings(
            epochs: epochs, klStart: final.klEnd, klEnd: final.klEnd, decayEpochs: max(1, epochs), rate: 0.1)
    }
}
