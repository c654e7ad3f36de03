import ModelSettings
import Models
import Testing

@testable import Wire
@testable import WorkerCore

/// Settings that are each in their range, many at a time.
@Suite struct SettingsTogetherTests {
    /// Whatever of many settings at once is accepted on some images takes a step; nothing traps.
    @Test(arguments: 0..<100)
    func whatIsAcceptedTogetherTakesAStep(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let side = Int.random(in: 4...24, using: &random)
        let count = Int.random(in: 1...24, using: &random)
        let images = TrainingImages(height: side, width: side, channels: 1, count: count)
        func pairs(_ choices: [String: [String]]) -> [String] {
            choices.sorted { $0.key < $1.key }.compactMap { key, values in
                Int.random(in: 0..<3, using: &random) == 0
                    ? nil : "\(key)=\(values[Int.random(in: values.indices, using: &random)])"
            }
        }
        let tree = try SettingsText.tree(
            ["preset=tiny"]
                + pairs([
                    "levels": ["2", "3"], "latent_channels": ["1", "5"], "bottom_up_channels": ["1", "6"],
                    "representation_size": ["1", "2", "5"], "batch_size": ["2", "3", "4", "8"],
                    "contrastive": ["true", "false"], "leaves": ["2", "5"], "output": ["mse", "bce"],
                    "epochs_initial": ["1"], "warmup_steps": ["0", "3"],
                ]))
        if let settings = try Self.accepted({ () throws(RPCError) in try tree.training(on: images, seed: seed) }) {
            let dataset = try BoundsBench.noise(side: side, count: count)
            _ = try TreeTraining(settings: settings, dataset: dataset, augmentation: ImageViews.byChannels).step()
        }
        let diffusion = try SettingsText.diffusion(
            ["preset=tiny", "model_channels=4", "norm_groups=4", "heads=2", "channel_multipliers=1", "padding=native"]
                + pairs([
                    "norm_groups": ["1", "2", "4", "7"], "heads": ["1", "2", "4", "3"], "batch_size": ["1", "2", "5"],
                    "channel_multipliers": ["1", "2", "1,2"], "attention_sizes": ["\(side)", "\(side),\(side)", "5"],
                    "leaf_conditioning": ["none", "embedding", "index"], "formulation": ["1", "2"],
                    "residual_blocks": ["1", "2"], "condition_drop_rate": ["0", "1"], "dropout": ["0", "0.9"],
                ]))
        if let settings = try Self.accepted({ () throws(RPCError) in try diffusion.training(on: images, seed: seed) }) {
            _ = try BoundsBench.training(settings, choice: .sample, images: count).step()
        }
    }

    /// Before images are known, only what none would make possible is refused.
    @Test func someImagesAreFoundForSettingsThatAnyMakePossible() throws {
        for size in [1, 3, 5, 7, 14, 27, 64] {
            for preset in ["tiny", "paper"] {
                let tree = try SettingsText.tree(["preset=\(preset)", "representation_size=\(size)"])
                #expect(throws: Never.self, "\(size)") { try tree.checkAlone() }
            }
        }
        let base = ["preset=tiny", "channel_multipliers=1,1,1"]
        for (pairs, isPossible) in [
            (["attention_sizes=7", "padding=native"], true), (["attention_sizes=7,14,28", "padding=native"], true),
            (["attention_sizes=37", "padding=native", "channel_multipliers=1"], true),
            (["attention_sizes=7", "padding=published"], false), (["attention_sizes=7,8"], false),
            (["attention_sizes=512"], true), (["channel_multipliers=1,1,1,1,1,1,1,1", "padding=native"], true),
            (["norm_groups=3"], false),
        ] {
            let settings = try SettingsText.diffusion(base + pairs)
            let refusal: RPCError?
            do throws(RPCError) {
                try settings.checkAlone()
                refusal = nil
            } catch {
                refusal = error
            }
            #expect((refusal == nil) == isPossible, "\(pairs)")
            let works = try ImageBounds.side.contains { side in
                let images = TrainingImages(height: side, width: side, channels: 1, count: nil)
                return try Self.accepted({ () throws(RPCError) in try settings.training(on: images, seed: 0) }) != nil
            }
            #expect(works == isPossible, "\(pairs)")
        }
    }

    /// - Returns: `nil` for what is refused, which is one sentence about one field.
    private static func accepted<Value>(_ make: () throws(RPCError) -> Value) throws -> Value? {
        do {
            return try make()
        } catch {
            #expect(error.code == .invalidArgument && error.violations.count == 1)
            return nil
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
