import ArgumentParser
import GroveClient

struct Evaluate: JobCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a tree on a dataset: clustering metrics and losses, and more where it is asked for.",
        discussion: """
            With --classifier or --inception also the Fréchet distances of generations and reconstructions to the \
            dataset, for the tree alone and with its diffusion model. Distances compare only where they were measured on \
            the same network.
            """)

    @Option(help: "The tree, NAME or NAME@VERSION.") var tree: String
    @Option(help: "The dataset, NAME or NAME@VERSION.") var data: String
    @OptionGroup(title: "What is measured") var measuring: MeasuringOptions
    @OptionGroup(title: "Refinement") var refinement: RefinementOptions
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        if measuring.noRefine && refinement.diffusion != nil {
            throw ValidationError("--no-refine and --diffusion cannot go together; choose one.")
        }
        if refinement.diffusion != nil && !measuring.measuresImages {
            throw ValidationError(
                "--diffusion changes nothing that is measured; add --classifier or --inception for distances.")
        }
        if let file = measuring.inception {
            _ = try validatedFiles { () throws(FileError) in
                try LocalFile.collect([file], ending: ".safetensors")
            }
        }
        _ = try validated { () throws(RPCError) in
            var spec = JobSpec()
            spec.evaluate = try job()
            // The file is checked when it has been uploaded.
            if measuring.inception == nil { try JobValidation.check(spec) }
        }
    }

    private func job() throws(RPCError) -> Grove_V1_Evaluate {
        var job = Grove_V1_Evaluate()
        job.tree = try ArtifactRef.parse(tree)
        job.dataset = try ArtifactRef.parse(data)
        job.seed = seed.seed
        try measuring.apply(to: &job)
        return job
    }

    func spec(_ client: Client) async throws -> JobSpec {
        var job = try job()
        if let file = measuring.inception {
            let files = try LocalFile.collect([file], ending: ".safetensors")
            job.inception = try await client.upload(showing: files)[0]
        }
        if measuring.measuresImages && !measuring.noRefine {
            job.refinement = try await refinement.refinement(of: job.tree, client: client, isOptional: true)
        }
        var spec = JobSpec()
        spec.evaluate = job
        return spec
    }
}
