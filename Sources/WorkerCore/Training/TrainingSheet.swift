import Models
import Wire

/// A sheet of samples that a training draws on its way: the same images each time, a row a leaf, so that sheets of one
/// run can be compared.
struct TrainingSheet {
    let title: String
    let seed: UInt64
    private let attempt: RunningAttempt

    init(title: String, seed: UInt64, _ context: JobContext) {
        (self.title, self.seed) = (title, seed)
        attempt = context.attempt
    }

    /// What the tree draws, and what the diffusion model makes of it where there is one.
    ///
    /// - Returns: nil when the attempt is to stop: a training that is asked to end does not paint first.
    func file(
        step: Int, tree: TreeVAE, digest: String = "", diffusion: DiffusionModel? = nil
    ) throws -> ResultFile? {
        let request = GenerationRequest(
            .prior(count: diffusion == nil ? Self.treeImages : Self.refinedImages), leaves: .all, seed: seed)
        let run = try GenerationRun(
            request, tree: tree, treeDigest: digest, diffusion: diffusion,
            sampler: SamplerSettings(steps: Self.samplerSteps))
        while !run.isFinished {
            guard attempt.stop == nil else { return nil }
            try run.step()
        }
        let sheets = try LeafSheets(
            title: "\(title) after step \(step)", shape: ImageShape(tree), leafCount: tree.topology.leaves.count
        ).files(of: run.results)
        let wanted = diffusion == nil ? "sheet-tree.png" : "sheet-refined.png"
        guard var sheet = sheets.first(where: { $0.name == wanted }) else { return nil }
        sheet.name = "sheets/step-\(Self.digits(step)).png"
        return sheet
    }

    /// Images of each leaf; refined ones take long.
    private static let treeImages = 8
    private static let refinedImages = 4
    private static let samplerSteps = 20

    /// So that names sort by step.
    private static func digits(_ step: Int) -> String {
        let text = "\(step)"
        return String(repeating: "0", count: max(0, 8 - text.count)) + text
    }
}
