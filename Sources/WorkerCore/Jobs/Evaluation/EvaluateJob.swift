import Models
import Wire

/// Measures a tree on a dataset: clustering and losses always; log-likelihood, Fréchet distances and the classes that its
/// leaves draw where they are asked for.
struct EvaluateJob {
    private let job: Grove_V1_Evaluate

    init(_ job: Grove_V1_Evaluate) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let tree = try context.tree(job.tree).tree
        let dataset = try context.dataset(job.dataset)
        try ImageShape(tree).require(ImageShape(dataset), of: "The dataset '\(job.dataset.name)'")
        // Whatever does not fit is found before the long work begins.
        let network = try MeasuringNetwork(job, shape: ImageShape(tree), dataset, context)
        let distances = try network.map { try DistanceMeasurement(job, tree, dataset, $0, context) }
        try context.require(forecast(tree, dataset, network, context))

        var report = try EvaluationReport(tree, dataset: dataset, name: job.dataset.name, seed: job.seed)
        report.recipe =
            Recipe(
                kind: .evaluate, tree: job.tree, refinement: job.refinement.hasDiffusion ? job.refinement : nil,
                seed: job.seed
            ).entries
        context.log(report.sentence)
        if job.likelihoodSamples > 0 { report.likelihood = try likelihood(tree, dataset, context) }
        if let distances { report.distances = try distances.run() }
        if let classifier = network?.classifier {
            if dataset.labels != nil {
                report.classifierAccuracy = try ClassifierEvaluation(classifier, dataset: dataset).accuracy
            }
            if job.leafImages > 0 {
                report.leafClasses = try LeafGenerations(
                    kind: .evaluate, tree: job.tree, refinement: job.refinement, perLeaf: Int(job.leafImages),
                    seed: job.seed, context
                ).classes(by: classifier)
            }
        }
        for line in report.details { context.log(line) }
        return JobProducts(files: [try report.file, report.text])
    }

    private func forecast(
        _ tree: TreeVAE, _ dataset: ImageDataset, _ network: MeasuringNetwork?, _ context: JobContext
    ) throws -> MemoryForecast {
        let refinement = job.refinement.hasDiffusion ? job.refinement : nil
        let loop = GenerationLoop(kind: .evaluate, tree: job.tree, refinement: refinement)
        return .evaluation(
            of: tree, dataset: dataset, network: network.map { ($0.network, DistanceMeasurement.batch) },
            generation: try network.map { _ in try loop.memoryForecast(.chunk, context) })
    }

    private func likelihood(
        _ tree: TreeVAE, _ dataset: ImageDataset, _ context: JobContext
    ) throws -> EvaluationReport.Likelihood {
        let run = LikelihoodRun(tree, dataset: dataset, samples: Int(job.likelihoodSamples), seed: job.seed)
        var meter = ProgressMeter(imagesPerStep: 256)
        while !run.isFinished {
            try context.checkStop()
            run.step()
            context.attempt.report(meter.work("log-likelihood", step: run.doneSteps, of: run.totalSteps))
        }
        return EvaluationReport.Likelihood(samples: Int(job.likelihoodSamples), nats: run.logLikelihood)
    }
}
