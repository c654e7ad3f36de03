import Wire

extension BrokerSeeds {
    /// A job of every kind, on what the store of a run has.
    static let kinds: [Grove_V1_JobSpec] = {
        var specs = [Grove_V1_JobSpec](repeating: .init(), count: 10)
        specs[0] = importing("data")
        specs[1].importModel.name = "model"
        specs[1].importModel.file = file([1, 2, 3], "m.safetensors")
        specs[2].trainTree.name = "oak"
        specs[2].trainTree.dataset.name = "data"
        (specs[2].trainTree.settings.preset, specs[2].trainTree.settings.leaves) = ("tiny", 4)
        (specs[2].trainTree.settings.learningRate, specs[2].trainTree.settings.epochsInitial) = (0.001, 3)
        (specs[2].trainTree.checkpoints.everySteps, specs[2].trainTree.checkpoints.everySeconds) = (10, 60)
        specs[3].trainDiffusion.name = "sharp"
        specs[3].trainDiffusion.dataset.name = "data"
        specs[3].trainDiffusion.tree.name = "tree"
        (specs[3].trainDiffusion.settings.steps, specs[3].trainDiffusion.settings.modelChannels) = (100, 32)
        specs[3].trainDiffusion.settings.channelMultipliers = [1, 2, 2]
        specs[4].trainClassifier.name = "classes"
        specs[4].trainClassifier.dataset.name = "data"
        specs[4].trainClassifier.settings.epochs = 2
        specs[5].sample.tree.name = "tree"
        (specs[5].sample.count, specs[5].sample.leaves, specs[5].sample.leaf) = (4, .one, 1)
        specs[5].sample.refinement = refinement
        specs[6].reconstruct.tree.name = "tree"
        specs[6].reconstruct.images = [file([1, 2, 3], "i.png")]
        specs[7].refine.tree.name = "tree"
        (specs[7].refine.images, specs[7].refine.refinement) = ([file([1, 2, 3], "i.png")], refinement)
        specs[8].evaluate.tree.name = "tree"
        specs[8].evaluate.dataset.name = "data"
        specs[8].evaluate.classifier.name = "classifier"
        (specs[8].evaluate.distanceImages, specs[8].evaluate.likelihoodSamples) = (10, 5)
        specs[9].figure.tree.name = "tree"
        specs[9].figure.dataset.name = "data"
        (specs[9].figure.kinds, specs[9].figure.leafImages) = ([.reconstructions, .generations], 3)
        return specs
    }()

    private static var refinement: Grove_V1_Refinement {
        var refinement = Grove_V1_Refinement()
        refinement.diffusion.name = "diffusion"
        (refinement.steps, refinement.sampler, refinement.guidance, refinement.eta) = (20, "ddim", 1.5, 0.5)
        return refinement
    }
}
