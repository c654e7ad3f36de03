import Models
import Neural

/// Model files as people import them: a tree, a diffusion model, a classifier, and the authors' weights.
struct ModelsTarget: FuzzTarget {
    static let name = "models"
    static let memory = 1 << 30

    init(scratch: String) { Parallel.threads = 1 }

    func seeds() throws -> [[UInt8]] {
        let tree = try SmallModels.tree.fileBytes()
        let diffusion = SmallModels.diffusion
        let model = try DiffusionModel(diffusion, seed: 1)
        let weights = model.network.state.tensors()
        let published = Safetensors.encode(
            weights, metadata: ["kind": "unet", "config": try SmallModels.json(diffusion.network)])
        let whole = try DiffusionModelFile.encode(diffusion, raw: weights, average: weights)
        let classifier = try Classifier(SmallModels.classifier, seed: 1).fileBytes()
        return [tree, whole, try DiffusionModelFile.compact(whole), published, classifier]
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] { SafetensorsMutator.mutate(input, &random) }

    func run(_ input: [UInt8]) throws -> Int {
        do {
            let file = try Safetensors(bytes: input)
            switch file.metadata["kind"] {
            case "tree", "treevae":
                let tree = try TreeVAE(file)
                _ = try TreeVAE(Safetensors(bytes: tree.fileBytes()))
            case DiffusionModelFile.kind:
                _ = try DiffusionModelFile.describe(input)
                _ = try DiffusionModelFile.load(input)
                _ = try DiffusionModelFile.load(DiffusionModelFile.compact(input))
            case Classifier.kind: _ = try Classifier(file).fileBytes()
            default: _ = try AuthorsWeights.convert(input, leafCount: 3, treeDigest: "abc")
            }
        } catch let error as Violation {
            throw error
        } catch {
            try Violation.expect("\(error)".utf8.count <= 8000, "a refusal of \("\(error)".utf8.count) bytes")
        }
        return 1
    }
}
