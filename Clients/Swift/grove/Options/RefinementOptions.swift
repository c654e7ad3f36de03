import ArgumentParser
import GroveClient
import ModelSettings

/// How the diffusion model refines what the tree draws.
struct RefinementOptions: ParsableArguments {
    enum Sampler: String, ExpressibleByArgument, CaseIterable {
        case ddim
        case ddpm
    }

    @Option(help: "The diffusion model (default: the tree's, if there is one alone).")
    var diffusion: String?

    @Option(help: "Denoising steps, 1 to 1000.")
    var steps: UInt32 = 50

    @Option(help: "How to denoise.")
    var sampler: Sampler = .ddim

    @Option(help: "DDIM's eta, 0 to 1; 0 adds no noise on the way.")
    var eta: Double = 0

    @Option(help: "Classifier-free guidance weight w, 0 to 100: (1 + w) conditional - w unconditional.")
    var guidance: Double = 0

    func validate() throws {
        guard SamplingBounds.steps.contains(Int(steps)) else {
            throw ValidationError("--steps takes \(SamplingBounds.steps.inWords), not \(steps).")
        }
        guard SamplingBounds.eta.contains(eta) else {
            throw ValidationError("--eta takes \(SamplingBounds.eta.inWords), not \(eta).")
        }
        guard SamplingBounds.guidance.contains(guidance) else {
            throw ValidationError("--guidance takes \(SamplingBounds.guidance.inWords), not \(guidance).")
        }
        if let diffusion { _ = try validated { () throws(RPCError) in try ArtifactRef.parse(diffusion) } }
    }

    /// With the diffusion model that was named, or the tree's only one; told on standard error which it is.
    /// - Parameter isOptional: whether a tree without one is fine.
    func refinement(of tree: ArtifactRef, client: Client, isOptional: Bool) async throws -> Grove_V1_Refinement {
        var refinement = Grove_V1_Refinement()
        refinement.steps = steps
        refinement.sampler = sampler.rawValue
        refinement.eta = eta
        refinement.guidance = guidance
        if let diffusion {
            refinement.diffusion = try ArtifactRef.parse(diffusion)
        } else if let model = try await client.refiner(of: tree) {
            Screen.shared.note("refining with \(model.text)")
            refinement.diffusion = model
        } else if isOptional {
            Screen.shared.note("tree '\(tree.text)' has no diffusion model; these are its own images")
        } else {
            throw RPCError(
                .failedPrecondition,
                "tree '\(tree.text)' has no diffusion model; train one with 'grove train diffusion', or import one")
        }
        return refinement
    }
}
