import ArgumentParser
import GroveClient

struct Evaluate: JobCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a tree on a dataset: clustering metrics and losses.")

    @Option(help: "The tree, NAME or NAME@VERSION.") var tree: String
    @Option(help: "The dataset, NAME or NAME@VERSION.") var data: String
    @OptionGroup var seed: SeedOptions
    @OptionGroup var submit: SubmitOptions

    func validate() throws { _ = try validated { () throws(RPCError) in try spec() } }

    func spec(_ client: Client) throws -> JobSpec { try spec() }

    private func spec() throws(RPCError) -> JobSpec {
        var job = Grove_V1_Evaluate()
        job.tree = try ArtifactRef.parse(tree)
        job.dataset = try ArtifactRef.parse(data)
        job.seed = seed.seed
        var spec = JobSpec()
        spec.evaluate = job
        return spec
    }
}
