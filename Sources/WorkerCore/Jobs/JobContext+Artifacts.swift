import Models
import Neural
import Wire

/// A tree in memory, with the digest of its file, by which diffusion models know it.
///
/// Unchecked: a loaded tree is only read, never trained, and reading it changes nothing.
struct LoadedTree: @unchecked Sendable {
    let tree: TreeVAE
    let digest: String
}

/// A diffusion model in memory, with what a pass of it takes there. Unchecked for the same reason.
struct LoadedDiffusion: @unchecked Sendable {
    let model: DiffusionModel
    let pass: PassMemory
}

extension JobContext {
    func classifier(_ artifact: Grove_V1_ArtifactRef) throws -> Classifier {
        try models.load(artifact) { bytes in try Classifier(Safetensors(bytes: bytes)) }
    }

    func dataset(_ artifact: Grove_V1_ArtifactRef) throws -> ImageDataset {
        try models.load(artifact) { bytes in
            try DatasetContainer.decode(name: artifact.name, bytes: bytes)
        }
    }

    func tree(_ artifact: Grove_V1_ArtifactRef) throws -> LoadedTree {
        try models.load(artifact) { bytes in
            LoadedTree(tree: try TreeVAE(Safetensors(bytes: bytes)), digest: artifact.sha256)
        }
    }

    func diffusion(_ artifact: Grove_V1_ArtifactRef) throws -> LoadedDiffusion {
        try models.load(artifact) { bytes in
            let model = try DiffusionModelFile.load(bytes)
            return LoadedDiffusion(model: model, pass: model.passMemory())
        }
    }
}
