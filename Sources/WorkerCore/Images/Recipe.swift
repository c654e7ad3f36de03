import Models
import Wire

/// All that reproduces an image, as the text chunks that every PNG carries. It names nothing of the job or the machine:
/// the same recipe gives the same file, byte for byte.
struct Recipe: Sendable {
    private(set) var entries: [String: String]

    init(kind: JobKind, tree: Grove_V1_ArtifactRef, refinement: Grove_V1_Refinement?, seed: UInt64) {
        entries = [
            "Software": "Grove \(Software.version)",
            "grove.kind": kind.rawValue,
            "grove.tree": Self.text(tree),
            "grove.seed": "\(seed)",
        ]
        guard let refinement, refinement.hasDiffusion else { return }
        let plan = RefinementPlan(refinement)
        entries["grove.diffusion"] = Self.text(refinement.diffusion)
        entries["grove.steps"] = "\(plan.settings.steps)"
        entries["grove.sampler"] = plan.settings.method.rawValue
        entries["grove.guidance"] = "\(plan.settings.guidanceWeight)"
        entries["grove.eta"] = "\(plan.settings.eta)"
    }

    /// The recipe of one image.
    func image(_ number: Int, leaf: Int, probability: Float, source: String? = nil) -> [String: String] {
        var text = entries
        text["grove.image"] = "\(number)"
        text["grove.leaf"] = "\(leaf)"
        text["grove.leaf_probability"] = "\(probability)"
        text["grove.source"] = source
        return text
    }

    private static func text(_ artifact: Grove_V1_ArtifactRef) -> String {
        "\(artifact.name)@\(artifact.version) sha256:\(artifact.sha256)"
    }
}
