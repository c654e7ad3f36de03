import ArgumentParser
import GroveClient

struct DrawFigure: JobCommand {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case reconstructions
        case generations
        case oneRoot = "one-root"
        case classes

        var kind: Grove_V1_FigureKind {
            switch self {
            case .reconstructions: .reconstructions
            case .generations: .generations
            case .oneRoot: .oneRoot
            case .classes: .classes
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "figure", abstract: "Draws the figures of a tree as PNG and SVG.",
        discussion: """
            reconstructions: images of a dataset above what was made of them; generations: the tree with images that each \
            leaf drew and, with --classifier, a histogram of their classes; one-root: the same root sample through all \
            leaves; classes: the tree with the shares of a dataset's classes.
            """)

    @Argument(help: "A tree, one of its diffusion models, or the id of the job that made it.") var model: String
    @Option(help: "The dataset that is reconstructed, or whose classes are shown, NAME or NAME@VERSION.")
    var data: String?
    @Option(help: "Names what the leaves draw, NAME or NAME@VERSION.") var classifier: String?
    @Option(help: "A diffusion model of the tree that does not see the leaf, to be shown beside it in one-root.")
    var unconditional: String?
    @Option(name: .customLong("kind"), help: "Which figure; may be given often (default: all that can be drawn).")
    var kinds: [Kind] = []
    @Option(help: "Images of each leaf whose classes are counted (default: 100).") var leafImages: UInt32 = 0
    @Flag(help: "The tree's own images, without a diffusion model.") var noRefine = false
    @OptionGroup(title: "Refinement") var refinement: RefinementOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        if noRefine && refinement.diffusion != nil {
            throw ValidationError("--no-refine and --diffusion cannot go together; choose one.")
        }
        _ = try validated { () throws(RPCError) in
            var spec = JobSpec()
            spec.figure = try job(of: ArtifactRef.parse(model))
            try JobValidation.check(spec)
        }
    }

    private func job(of tree: ArtifactRef) throws(RPCError) -> Grove_V1_Figure {
        var job = Grove_V1_Figure()
        job.tree = tree
        if let data { job.dataset = try ArtifactRef.parse(data) }
        if let classifier { job.classifier = try ArtifactRef.parse(classifier) }
        if let unconditional { job.unconditional = try ArtifactRef.parse(unconditional) }
        job.kinds = kinds.map(\.kind)
        job.leafImages = leafImages
        job.seed = seed.seed
        return job
    }

    func spec(_ client: Client) async throws -> JobSpec {
        let meant = try await client.tree(meantBy: model)
        var job = try job(of: meant.tree)
        if !noRefine {
            var options = refinement
            options.diffusion = options.diffusion ?? meant.diffusion?.text
            job.refinement = try await options.refinement(of: job.tree, client: client, isOptional: true)
        }
        var spec = JobSpec()
        spec.figure = job
        return spec
    }
}
