import ModelSettings
import Models
import Testing

@testable import Wire
@testable import WorkerCore

/// What submit accepts, the worker can run; just outside of each range, submit refuses. Each end of every setting goes
/// through the command line's reading, the check of a submission, and the making of the training that would run.
@Suite struct BoundsTests {
    /// What must be set besides, and how large images must be, for a value to be possible.
    private struct Company {
        var settings: [String] = []
        var side = 28
    }

    // MARK: Trees

    private static let treeCompany: [String: Company] = [
        "representation_size=64": Company(side: 128)
    ]

    @Test func everyEndOfATreesSettingsCanBeTrained() throws {
        for field in Grove_V1_TreeSettings.fields {
            for text in field.form.ends {
                let company = Self.treeCompany["\(field.name)=\(text)"] ?? Company()
                let pairs = ["preset=tiny"] + company.settings + ["\(field.name)=\(text)"]
                var spec = Grove_V1_JobSpec()
                (spec.trainTree.name, spec.trainTree.dataset.name) = ("t", "d")
                spec.trainTree.settings = try SettingsText.tree(pairs)
                #expect(throws: Never.self, "\(pairs)") { try JobValidation.check(spec) }
                let images = TrainingImages(height: company.side, width: company.side, channels: 1, count: 65_536)
                let settings = try spec.trainTree.settings.training(on: images, seed: .max)
                try settings.validate()
                guard settings.tree.parameterCount(.initial) < BoundsBench.small else { continue }
                let run = try TreeTraining(
                    settings: settings, dataset: BoundsBench.noise(side: company.side),
                    augmentation: ImageViews.byChannels)
                if settings.tree.imageSize < 64 { _ = try run.step() }
            }
        }
    }

    @Test func outsideOfItsEndsNoSettingOfATreeIsAccepted() throws {
        for field in Grove_V1_TreeSettings.fields {
            for value in field.form.outside {
                var spec = Grove_V1_JobSpec()
                (spec.trainTree.name, spec.trainTree.dataset.name) = ("t", "d")
                field.write(&spec.trainTree.settings, value)
                BoundsBench.expectRefusal(spec, "train_tree.settings.\(field.name)")
                #expect(throws: RPCError.self, "\(field.name)=\(value)") {
                    try SettingsText.tree(["\(field.name)=\(value)"])
                }
                #expect(throws: RPCError.self) { try spec.trainTree.settings.training(on: .digits, seed: 1) }
            }
        }
    }

    // MARK: Diffusion models

    private static let diffusionCompany: [String: Company] = [
        "model_channels=2": Company(settings: ["norm_groups=2", "heads=2"]),
        "model_channels=1024": Company(settings: ["channel_multipliers=1", "residual_blocks=1"]),
        "channel_multipliers=64": Company(settings: ["model_channels=4", "norm_groups=4"]),
        "channel_multipliers=1,1,1,1,1,1,1,1": Company(side: 128),
        "attention_sizes=1": Company(settings: ["channel_multipliers=1,1,1"], side: 4),
        "attention_sizes=512": Company(settings: ["channel_multipliers=1"], side: 512),
        "attention_sizes=1,1,1,1,1,1,1,1": Company(settings: ["channel_multipliers=1,1,1"], side: 4),
        "heads=256": Company(settings: ["model_channels=256", "channel_multipliers=1"]),
        "norm_groups=1024": Company(settings: ["model_channels=1024", "channel_multipliers=1", "residual_blocks=1"]),
    ]

    @Test func everyEndOfADiffusionModelsSettingsCanBeTrained() throws {
        for field in Grove_V1_DiffusionSettings.fields {
            for text in field.form.ends {
                let company = Self.diffusionCompany["\(field.name)=\(text)"] ?? Company()
                let pairs = ["preset=tiny"] + company.settings + ["\(field.name)=\(text)"]
                var spec = BoundsBench.diffusionSpec
                spec.trainDiffusion.settings = try SettingsText.diffusion(pairs)
                #expect(throws: Never.self, "\(pairs)") { try JobValidation.check(spec) }
                let images = TrainingImages(height: company.side, width: company.side, channels: 1, count: 65_536)
                let settings = try spec.trainDiffusion.settings.training(on: images, seed: .max)
                try settings.validate()
                guard settings.network.parameterCount < BoundsBench.small, company.side < 64 else { continue }
                let run = try BoundsBench.training(settings, choice: spec.trainDiffusion.settings.treeLeafChoice())
                if company.side > 4 { _ = try run.step() }
            }
        }
    }

    @Test func outsideOfItsEndsNoSettingOfADiffusionModelIsAccepted() throws {
        for field in Grove_V1_DiffusionSettings.fields {
            for value in field.form.outside {
                var spec = BoundsBench.diffusionSpec
                field.write(&spec.trainDiffusion.settings, value)
                BoundsBench.expectRefusal(spec, "train_diffusion.settings.\(field.name)")
                #expect(throws: RPCError.self, "\(field.name)=\(value)") {
                    try SettingsText.diffusion(["\(field.name)=\(value)"])
                }
            }
        }
    }

    // MARK: Classifiers

    @Test func everyEndOfAClassifiersSettingsCanBeTrained() throws {
        for field in Grove_V1_ClassifierSettings.fields {
            for text in field.form.ends {
                var spec = BoundsBench.classifierSpec
                spec.trainClassifier.settings = try SettingsText.classifier(["\(field.name)=\(text)"])
                #expect(throws: Never.self, "\(field.name)=\(text)") { try JobValidation.check(spec) }
                let settings = try spec.trainClassifier.settings.training(on: 65_536, seed: .max)
                let dataset = try BoundsBench.noise(side: 4, count: settings.batchSize)
                _ = try ClassifierTraining(settings: settings, dataset: dataset)
            }
            for value in field.form.outside {
                var spec = BoundsBench.classifierSpec
                field.write(&spec.trainClassifier.settings, value)
                BoundsBench.expectRefusal(spec, "train_classifier.settings.\(field.name)")
            }
        }
    }
}

extension TrainingImages {
    fileprivate static let digits = TrainingImages(height: 28, width: 28, channels: 1, count: nil)
}

extension SettingsField.Form {
    /// What is just allowed, as it is written.
    fileprivate var ends: [String] {
        switch self {
        case .flag: ["true", "false"]
        case .whole(let range): [String(range.lowerBound), String(range.upperBound)]
        case .number(let range): ["\(range.lowerBound)", "\(range.upperBound)", "\(range.lowerBound.nextUp)"]
        case .choice(let words): words
        case .wholes(let range, let count):
            [
                "\(range.lowerBound)", "\(range.upperBound)",
                Array(repeating: "\(range.lowerBound)", count: count).joined(separator: ","),
            ]
        }
    }

    /// What is just not allowed any more.
    fileprivate var outside: [SettingsField.Value] {
        switch self {
        case .flag: []
        case .whole(let range):
            (range.lowerBound == 0 ? [] : [.whole(range.lowerBound - 1)]) + [
                .whole(range.upperBound + 1), .whole(.max),
            ]
        case .number(let range):
            [range.lowerBound.nextDown, range.upperBound.nextUp, -1e300, .infinity, -.infinity, .nan].map {
                .number($0)
            }
        case .choice: [.text(""), .text("nonsense")]
        case .wholes(let range, let count):
            [
                .wholes([range.lowerBound - 1]), .wholes([range.upperBound + 1]), .wholes([.max]),
                .wholes(Array(repeating: range.lowerBound, count: count + 1)),
            ]
        }
    }
}
