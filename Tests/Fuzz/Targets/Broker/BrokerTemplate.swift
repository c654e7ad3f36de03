import BrokerCore
import Wire

/// Makes the store that runs begin with: a data set, a tree, a diffusion model of it and a classifier.
struct BrokerTemplate {
    let folder: String

    func make() throws {
        let stage = try BrokerStage(folder: folder)
        let content: [UInt8] = [1, 2, 3]
        var digest = ""
        let made: [(String, Grove_V1_ArtifactKind)] = [
            ("data", .dataset), ("tree", .tree), ("diffusion", .diffusion), ("classifier", .classifier),
        ]
        for (index, (name, kind)) in made.enumerated() {
            var seeds = BrokerSeeds()
            seeds.put(BrokerSeeds.client, content)
            let bytes = Array(name.utf8)
            seeds.put(BrokerSeeds.worker, bytes)
            seeds.submit(BrokerSeeds.importing(name), key: name)
            seeds.take(BrokerSeeds.worker)
            try play(seeds.script, stage)
            guard stage.jobs.indices.contains(index) else { throw Violation("the template's job \(name) was refused") }
            var artifact = Grove_V1_NewArtifact()
            (artifact.name, artifact.kind, artifact.blob) = (name, kind, BrokerSeeds.file(bytes, name))
            artifact.facts = BrokerStage.facts
            if kind == .diffusion { artifact.facts.treeSha256 = digest }
            if kind == .tree { digest = artifact.blob.sha256 }
            var complete = Grove_V1_CompleteRequest()
            (complete.attempt.jobID, complete.attempt.attempt) = (stage.jobs[index], 1)
            complete.success.artifacts = [artifact]
            var end = BrokerSeeds()
            end.call(BrokerSeeds.worker, Method.workComplete, complete)
            try play(end.script, stage)
        }
        try stage.pass(1_000, wall: 1_000)
    }

    private func play(_ script: BrokerScript, _ stage: BrokerStage) throws {
        for case .message(let peer, let frames, _) in script.steps {
            try stage.turn([.message(peer: BrokerStage.peer(peer), frames: frames)])
        }
    }
}
