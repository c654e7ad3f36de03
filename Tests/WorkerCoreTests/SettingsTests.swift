import ModelSettings
import Models
import Testing
import Wire

@testable import WorkerCore

/// Settings from messages. Each key must change something, or it would be a promise that is not kept.
@Suite struct SettingsTests {
    private static let digits = TrainingImages(height: 28, width: 28, channels: 1, count: nil)

    /// For each key a value, and what must be set besides for it to be possible.
    private let tree: [String: (value: String, base: [String])] = [
        "preset": ("tiny", []), "latent_channels": ("12", []), "bottom_up_channels": ("24", []),
        "representation_size": ("4", []), "levels": ("5", []), "leaves": ("4", []), "activation": ("relu", []),
        "output": ("mse", []), "residual_connections": ("true", []), "spectral_norm": ("true", []),
        "resampling_convolutions": ("true", []), "contrastive": ("false", []), "contrastive_weight": ("7", []),
        "batch_size": ("32", []), "learning_rate": ("0.01", []), "weight_decay": ("0.5", []), "kl_start": ("0.2", []),
        "kl_step": ("0.02", []), "epochs_initial": ("3", []), "epochs_split": ("2", []),
        "epochs_intermediate": ("9", []), "epochs_final": ("11", []), "intermediate_every": ("2", []),
        "prune_below": ("0.2", []), "decay_after": ("0.3", []),
        "refit_norms": ("false", []), "warmup_steps": ("7", []), "regrow": ("3", []), "augment_final": ("true", []),
    ]

    private let diffusion: [String: (value: String, base: [String])] = [
        "preset": ("tiny", []), "model_channels": ("64", []), "channel_multipliers": ("1,2", []),
        "residual_blocks": ("1", []), "attention_sizes": ("8,16", []), "heads": ("2", []), "norm_groups": ("8", []),
        "dropout": ("0.5", []), "leaf_conditioning": ("embedding", []), "formulation": ("2", []),
        "padding": ("native", ["channel_multipliers=1,2"]), "pixel_range": ("zero_one", []), "batch_size": ("8", []),
        "steps": ("77", []), "learning_rate": ("0.01", []), "warmup_steps": ("3", []), "gradient_clip": ("0", []),
        "ema_decay": ("0.5", []), "ema_warmup": ("false", []), "condition_drop_rate": ("0.1", []), "loss": ("l1", []),
    ]

    @Test func everyKeyOfATreeChangesSomething() throws {
        #expect(Set(tree.keys) == Set(Grove_V1_TreeSettings.fields.map(\.name)))
        for (key, (value, base)) in tree {
            let before = try SettingsText.tree(base).training(on: Self.digits, seed: 1)
            let after = try SettingsText.tree(base + ["\(key)=\(value)"]).training(on: Self.digits, seed: 1)
            #expect(before != after, "\(key)")
        }
    }

    @Test func everyKeyOfADiffusionModelChangesSomething() throws {
        // Which leaf an example is given is the condition source's, not the settings'.
        let names = Set(Grove_V1_DiffusionSettings.fields.map(\.name)).subtracting(["leaf_choice"])
        #expect(Set(diffusion.keys) == names)
        for (key, (value, base)) in diffusion {
            let before = try SettingsText.diffusion(base).training(on: Self.digits, seed: 1)
            let after = try SettingsText.diffusion(base + ["\(key)=\(value)"])
                .training(on: Self.digits, seed: 1)
            #expect(before != after, "\(key)")
        }
        #expect(try Grove_V1_DiffusionSettings().treeLeafChoice() == .sample)
        #expect(try SettingsText.diffusion(["leaf_choice=most_probable"]).treeLeafChoice() == .argmax)
    }

    @Test func theSeedIsTheJobs() throws {
        #expect(try Grove_V1_TreeSettings().training(on: Self.digits, seed: 9).seed == 9)
        #expect(try Grove_V1_DiffusionSettings().training(on: Self.digits, seed: 9).seed == 9)
    }

    @Test func valuesLandWhereTheyBelong() throws {
        let tree = try SettingsText.tree(["levels=5", "latent_channels=12", "prune_below=0", "leaves=4"])
            .training(on: Self.digits, seed: 1)
        #expect(tree.tree.latentChannels == [12, 12, 12, 12, 12] && tree.clusters == 4 && !tree.prunes)
        let network = try SettingsText.diffusion(["attention_sizes=8,16", "gradient_clip=0", "steps=40"])
            .training(on: Self.digits, seed: 1)
        // 28 pixels are padded to 32.
        #expect(network.network.attentionDownsample == [4, 2])
        #expect(network.gradientClip == nil && network.warmUpSteps == 2)
    }

    @Test func alphaRisesByTheStepAndStaysAtOne() throws {
        let stage = try SettingsText.tree(["kl_start=0.2", "kl_step=0.4", "epochs_final=100"])
            .training(on: Self.digits, seed: 1).final
        let expected = [0.2, 0.6, 1, 1]
        for (epoch, alpha) in zip([0, 1, 2, 99], expected) { #expect(abs(stage.alpha(epoch: epoch) - alpha) < 1e-12) }
        let slow = try SettingsText.tree(["kl_start=0.9", "epochs_initial=10"]).training(on: Self.digits, seed: 1)
        #expect((0..<10).allSatisfy { slow.initial.alpha(epoch: $0) >= 0.9 }, "never falls")
    }

    @Test func theFinalStageGrowsAlphaAndThenLowersTheRate() throws {
        let stage = try SettingsText.tree(["epochs_final=8"]).training(on: Self.digits, seed: 1).final
        #expect(stage.alpha(epoch: 3) < 1 && stage.alpha(epoch: 4) == 1)
        #expect(stage.learningRateFactor(epoch: 3) == 1 && stage.learningRateFactor(epoch: 4) == 0.1)
        let paper = TreeTrainingSettings.preset(.paper, imageSize: 28, imageChannels: 1).final
        #expect(paper.epochs == 200 && paper.decayEpochs == 100 && paper.alpha(epoch: 100) == 1)
    }

    /// Straight into the message: a broker of another release may let through what this one would not.
    @Test func wrongValuesGiveASentenceThatNamesThem() throws {
        let trees: [(String, (inout Grove_V1_TreeSettings) -> Void)] = [
            ("sine", { $0.activation = "sine" }), ("huge", { $0.preset = "huge" }), ("l7", { $0.output = "l7" }),
            ("levels", { $0.levels = 0 }), ("levels", { $0.levels = .max }), ("decay_after", { $0.decayAfter = 1e300 }),
            ("kl_step", { $0.klStep = .nan }), ("kl_start", { $0.klStart = -1e300 }),
            ("learning_rate", { $0.learningRate = .infinity }),
        ]
        for (word, change) in trees {
            var settings = Grove_V1_TreeSettings()
            change(&settings)
            let error = #expect(throws: (any Error).self, "\(word)") {
                try settings.training(on: Self.digits, seed: 1)
            }
            #expect(error.map { "\($0)".contains(word) } == true, "\(word)")
        }
        let models: [(String, (inout Grove_V1_DiffusionSettings) -> Void)] = [
            ("huge", { $0.preset = "huge" }), ("both", { $0.leafConditioning = "both" }),
            ("3", { $0.formulation = 3 }), ("l7", { $0.loss = "l7" }), ("wide", { $0.pixelRange = "wide" }),
            ("more", { $0.padding = "more" }), ("5", { $0.attentionSizes = [5] }), ("dropout", { $0.dropout = .nan }),
        ]
        for (word, change) in models {
            var settings = Grove_V1_DiffusionSettings()
            change(&settings)
            let error = #expect(throws: (any Error).self, "\(word)") {
                try settings.training(on: Self.digits, seed: 1)
            }
            #expect(error.map { "\($0)".contains(word) } == true, "\(word)")
        }
        var choice = Grove_V1_DiffusionSettings()
        choice.leafChoice = "any"
        #expect(throws: JobError.self) { try choice.treeLeafChoice() }
    }
}
