import Models
import Wire

/// Draws the figures of a tree, each as PNG and as SVG.
struct FigureJob {
    private let job: Grove_V1_Figure

    init(_ job: Grove_V1_Figure) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let drawer = try FigureDrawer(job, context)
        let refinement = job.refinement.hasDiffusion ? job.refinement : nil
        let loop = GenerationLoop(kind: .figure, tree: job.tree, refinement: refinement)
        try context.require(loop.memoryForecast(.chunk, context))
        let recipe = Recipe(kind: .figure, tree: job.tree, refinement: refinement, seed: job.seed)
        var files: [ResultFile] = []
        for kind in try drawer.kinds() {
            try context.checkStop()
            guard let (name, picture) = try drawer.draw(kind) else { continue }
            files += try FigurePage.files(name, picture, recipe: recipe)
        }
        return JobProducts(files: files)
    }
}
