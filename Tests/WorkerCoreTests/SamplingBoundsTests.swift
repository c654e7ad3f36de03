import ModelSettings
import Models
import Testing
import Wire

@testable import WorkerCore

/// How images are drawn, and how many: what submit accepts can be begun, and just outside of each end submit refuses.
@Suite struct SamplingBoundsTests {
    private static let schedule = DiffusionSchedule.linear(
        steps: DiffusionSchedule.publishedSteps, first: 1e-4, last: 0.02)

    private static func sample(_ change: (inout Grove_V1_Refinement) -> Void) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        (spec.sample.tree.name, spec.sample.refinement.diffusion.name, spec.sample.count) = ("t", "m", 1)
        change(&spec.sample.refinement)
        return spec
    }

    @Test func everyRefinementThatIsAcceptedCanBeDrawn() throws {
        var accepted = (0...1000).map { steps in Self.sample { $0.steps = UInt32(steps) } }
        for word in ["", "ddim", "ddpm"] { accepted.append(Self.sample { $0.sampler = word }) }
        for eta in [0, 0.5, 1.0] { accepted.append(Self.sample { $0.eta = eta }) }
        for guidance in [0, 1.5, 100] { accepted.append(Self.sample { $0.guidance = guidance }) }
        for spec in accepted {
            try JobValidation.check(spec)
            let sampler = try Sampler(
                Self.schedule, settings: RefinementPlan(spec.sample.refinement).settings, formulation: .first, clip: nil
            )
            #expect(sampler.steps == (spec.sample.refinement.steps == 0 ? 50 : Int(spec.sample.refinement.steps)))
        }
    }

    @Test func noRefinementOutsideOfTheEndsIsAccepted() {
        for steps in [1001, .max] as [UInt32] {
            BoundsBench.expectRefusal(Self.sample { $0.steps = steps }, "sample.refinement.steps")
        }
        for value in [-0.5, (-0.0).nextDown, 100.0.nextUp, .infinity, .nan] {
            BoundsBench.expectRefusal(Self.sample { $0.guidance = value }, "sample.refinement.guidance")
        }
        for value in [-1, (-0.0).nextDown, 1.0.nextUp, -.infinity, .nan] {
            BoundsBench.expectRefusal(Self.sample { $0.eta = value }, "sample.refinement.eta")
        }
    }

    // MARK: Counts

    @Test func everyCountThatIsAcceptedCanBeBegun() throws {
        let tree = try BoundsBench.tree(side: 8)
        let kinds: [(field: String, ends: [UInt32], outside: [UInt32], set: (inout Grove_V1_JobSpec, UInt32) -> Void)] =
            [
                (
                    "sample.count", [1, 100_000], [0, 100_001, .max],
                    { ($0.sample.tree.name, $0.sample.count) = ("t", $1) }
                ),
                (
                    "reconstruct.count", [1, 100_000], [0, 100_001, .max],
                    {
                        ($0.reconstruct.tree.name, $0.reconstruct.dataset.name) = ("t", "d")
                        $0.reconstruct.count = $1
                    }
                ),
                (
                    "evaluate.likelihood_samples", [0, 100_000], [100_001, .max], { $0.evaluate.likelihoodSamples = $1 }
                ),
                (
                    "evaluate.distance_images", [0, 2, 100_000], [1, 100_001, .max],
                    { ($0.evaluate.classifier.name, $0.evaluate.distanceImages) = ("c", $1) }
                ),
                (
                    "evaluate.leaf_images", [0, 10_000], [10_001, .max],
                    { ($0.evaluate.classifier.name, $0.evaluate.leafImages) = ("c", $1) }
                ),
                (
                    "figure.leaf_images", [0, 10_000], [10_001, .max],
                    { ($0.figure.tree.name, $0.figure.leafImages) = ("t", $1) }
                ),
            ]
        for kind in kinds {
            func spec(_ count: UInt32) -> Grove_V1_JobSpec {
                var spec = Grove_V1_JobSpec()
                kind.set(&spec, count)
                if case .evaluate = spec.kind { (spec.evaluate.tree.name, spec.evaluate.dataset.name) = ("t", "d") }
                return spec
            }
            for count in kind.ends {
                #expect(throws: Never.self, "\(kind.field) \(count)") { try JobValidation.check(spec(count)) }
                guard count > 0 else { continue }
                let request = GenerationRequest(.prior(count: Int(count)), leaves: .all, seed: .max)
                #expect(try GenerationRun(request, tree: tree, treeDigest: "").imageCount == 2 * Int(count))
                var draws = LeafDraws(tree, perLeaf: Int(count), seed: .max)
                draws.step()
                let likelihood = LikelihoodRun(
                    tree, dataset: try BoundsBench.noise(side: 8), samples: Int(count), seed: .max)
                likelihood.step()
                #expect(likelihood.totalSteps == Int(count))
            }
            for count in kind.outside { BoundsBench.expectRefusal(spec(count), kind.field) }
        }
    }
}
