import Models
import Neural
import Wire

/// Reads a safetensors file with the authors' parameter names, or one of Grove's own, into a model.
struct ImportModelJob {
    private let job: Grove_V1_ImportModel

    init(_ job: Grove_V1_ImportModel) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        let bytes = try context.bytes(job.file)
        let file = try Safetensors(bytes: bytes)
        switch file.metadata["kind"] {
        case "tree", "treevae": return try tree(bytes, file)
        case DiffusionModelFile.kind, "unet": return try diffusion(bytes, file, context)
        case Classifier.kind: return try classifier(bytes, file)
        case let other:
            throw JobError(
                .invalidArgument,
                "'\(job.file.name)' says that it is of kind '\(other ?? "none")': its metadata needs kind 'treevae' or "
                    + "'unet', and the network's settings as 'config'.")
        }
    }

    private func tree(_ bytes: [UInt8], _ file: Safetensors) throws -> JobProducts {
        try refuseCompact()
        let tree = try TreeVAE(file)
        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(tree.configuration.imageSize)
        facts.width = facts.height
        facts.channels = UInt32(tree.configuration.imageChannels)
        facts.leaves = UInt32(tree.topology.leaves.count)
        // Our own file stays what it is: diffusion models name their tree by its hash.
        let own = file.metadata["kind"] == "tree" ? bytes : try tree.fileBytes()
        return JobProducts(artifacts: [MadeArtifact(name: job.name, kind: .tree, facts: facts, bytes: own)])
    }

    private func classifier(_ bytes: [UInt8], _ file: Safetensors) throws -> JobProducts {
        try refuseCompact()
        let facts = Grove_V1_ArtifactFacts(try Classifier(file).description)
        return JobProducts(artifacts: [MadeArtifact(name: job.name, kind: .classifier, facts: facts, bytes: bytes)])
    }

    private func refuseCompact() throws(JobError) {
        guard job.compact else { return }
        throw JobError(
            .invalidArgument,
            "Only a diffusion model can be made compact, and '\(job.file.name)' is none: leave --compact out.")
    }

    private func diffusion(_ bytes: [UInt8], _ file: Safetensors, _ context: JobContext) throws -> JobProducts {
        guard job.hasTree else {
            throw JobError(
                .invalidArgument, "A diffusion model belongs to a tree: name the one it was trained with, with --tree.")
        }
        let loaded = try context.tree(job.tree)
        let leaves = loaded.tree.topology.leaves.count
        var model: [UInt8]
        if file.metadata["kind"] == DiffusionModelFile.kind, file.metadata["description"] != nil {
            model = bytes
        } else {
            model = try AuthorsWeights.convert(bytes, leafCount: leaves, treeDigest: loaded.digest)
        }
        if job.compact { model = try DiffusionModelFile.compact(model) }
        let shape = ImageShape(loaded.tree)
        try DiffusionModelFile.load(model).requireTree(
            digest: loaded.digest, leafCount: leaves, imageShape: [shape.height, shape.width, shape.channels])
        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(shape.height)
        facts.width = UInt32(shape.width)
        facts.channels = UInt32(shape.channels)
        facts.leaves = UInt32(leaves)
        facts.treeSha256 = loaded.digest
        return JobProducts(artifacts: [
            MadeArtifact(name: job.name, kind: .diffusion, facts: facts, bytes: model)
        ])
    }
}
