import Models
import Wire

/// How a request's images are refined, with what was left open filled in.
struct RefinementPlan: Sendable {
    let settings: SamplerSettings

    init(_ request: Grove_V1_Refinement) {
        settings = SamplerSettings(
            method: request.sampler == "ddpm" ? .ddpm : .ddim, respacing: .uniform,
            steps: request.steps == 0 ? 50 : Int(request.steps), eta: request.eta, guidanceWeight: request.guidance)
    }
}
