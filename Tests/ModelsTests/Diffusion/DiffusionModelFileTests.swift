import Models
import Neural
import TestSupport
import Testing

@Suite struct DiffusionModelFileTests {
    private func file(_ model: DiffusionModel) throws -> [UInt8] {
        let average = model.network.state.tensors()
        model.network.state.randomise(seed: 8)
        return try DiffusionModelFile.encode(
            model.description, raw: model.network.state.tensors(), average: average)
    }

    /// The same file with other metadata or tensors.
    private func changed(
        _ bytes: [UInt8], metadata change: (inout [String: String]) -> Void = { _ in },
        tensors: (inout [StoredTensor]) -> Void = { _ in }
    ) throws -> [UInt8] {
        let file = try Safetensors(bytes: bytes)
        var metadata = file.metadata
        change(&metadata)
        var stored = try file.names.map { try file.stored($0) }
        tensors(&stored)
        return Safetensors.encode(stored, metadata: metadata)
    }

    @Test func holdsBothWeightsAndTheDescription() throws {
        let model = try DiffusionModel.test(.test(leafSignal: .embedding, leafCount: 3), formulation: .second)
        let average = model.network.state.tensors()
        let bytes = try file(model)
        #expect(try DiffusionModelFile.describe(bytes) == model.description)
        let loaded = try DiffusionModelFile.load(bytes)
        #expect(loaded.description == model.description)
        #expect(loaded.network.state.tensors() == average)
        let stored = try Safetensors(bytes: bytes)
        let raw = model.network.state.tensors()
        #expect(try raw.map(\.bytes) == raw.map { try stored.stored("param.\($0.name)").bytes })
        #expect(raw != average)
        #expect(try file(.test()) == file(.test()))
    }

    @Test func aCompactFileHoldsTheAverageAloneAndIsReadExactly() throws {
        let model = try DiffusionModel.test()
        let bytes = try file(model)
        let average = try DiffusionModelFile.load(bytes).network.state.tensors()
        let compact = try DiffusionModelFile.compact(bytes)
        #expect(compact.count < bytes.count / 3)
        let loaded = try DiffusionModelFile.load(compact)
        #expect(loaded.description == model.description)
        let halves = try Safetensors(bytes: Safetensors.encode(average.map(\.halved)))
        for tensor in loaded.network.state.tensors() {
            #expect(try StoredTensor("", halves.floats(tensor.name), shape: tensor.shape).bytes == tensor.bytes)
        }
        #expect(try DiffusionModelFile.compact(compact) == compact)

        let less = try changed(compact, tensors: { $0.removeAll { $0.name == "ema.out.2.bias" } })
        #expect(throws: (any Error).self) { try DiffusionModelFile.load(less) }
        let mixed = try changed(compact, tensors: { $0.append(StoredTensor("param.x", [Float(1)], shape: [1])) })
        #expect(throws: (any Error).self) { try DiffusionModelFile.load(mixed) }
    }

    @Test func wrongFilesAreRefusedWithASentence() throws {
        let bytes = try file(.test())
        var wrong: [(String, [UInt8])] = []
        wrong.append(("kind", try changed(bytes) { $0["kind"] = "tree" }))
        wrong.append(("kind", try changed(bytes) { $0["kind"] = nil }))
        wrong.append(("JSON", try changed(bytes) { $0["description"] = "{" }))
        wrong.append(("treeDigest", try changed(bytes) { $0["description"]?.replace("treeDigest", with: "digest") }))
        wrong.append(("leafCount", try changed(bytes) { $0["description"]?.replace(":3,", with: ":\"3\",") }))
        wrong.append(("pixelRange", try changed(bytes) { $0["description"]?.replace("minus_one_one", with: "x") }))
        wrong.append(("image_size", try changed(bytes) { $0["description"]?.replace("e\":8", with: "e\":-8") }))
        wrong.append(("holds", try changed(bytes) { $0["description"]?.replace("nels\":8", with: "nels\":800") }))
        wrong.append(("out.2.bias", try changed(bytes, tensors: { $0.removeAll { $0.name == "param.out.2.bias" } })))
        wrong.append(("out.2.bias", try changed(bytes, tensors: { $0.removeAll { $0.name == "ema.out.2.bias" } })))
        wrong.append(
            ("ema.more", try changed(bytes, tensors: { $0.append(StoredTensor("ema.more", [Float(1)], shape: [1])) })))
        wrong.append(
            ("other.x", try changed(bytes, tensors: { $0.append(StoredTensor("other.x", [Float(1)], shape: [1])) })))
        wrong.append(("ends", Array(bytes.dropLast(5))))
        wrong.append(("bytes", []))
        for (word, bytes) in wrong {
            do {
                _ = try DiffusionModelFile.load(bytes)
                Issue.record("a file that should be refused for \(word) was read")
            } catch {
                let text = "\(error)"
                #expect(text.contains(word.replacing("ema.more", with: "more")), "\(text) lacks \(word)")
                #expect(text.hasSuffix("."), "\(text) is no sentence")
            }
        }
    }

    @Test func belongsToOneTree() throws {
        let model = try DiffusionModel.test()
        try model.requireTree(digest: "abc", leafCount: 3, imageShape: [8, 8, 1])
        let others: [(String, Int, Shape)] = [("abd", 3, [8, 8, 1]), ("abc", 4, [8, 8, 1]), ("abc", 3, [8, 8, 3])]
        for (digest, leaves, shape) in others {
            let error = #expect(throws: DiffusionError.self) {
                try model.requireTree(digest: digest, leafCount: leaves, imageShape: shape)
            }
            #expect(error?.description.contains("trained") == true)
        }
    }

    @Test(arguments: try Fixture.all(kind: "unet"))
    func importsTheAuthorsWeights(_ fixture: Fixture) throws {
        let stored = try fixture.file.names.map { try fixture.file.stored($0) }
        let bytes = Safetensors.encode(stored, metadata: fixture.file.metadata)
        let model = try DiffusionModelFile.load(
            AuthorsWeights.convert(bytes, leafCount: 10, treeDigest: "abc"))
        #expect(model.description.pixelRange == .zeroOne)
        #expect(model.description.leafCount == 10)
        for tensor in model.network.state.tensors() {
            #expect(try tensor.bytes == fixture.file.stored("param.\(tensor.name)").bytes, "\(tensor.name)")
        }
    }

    @Test func importsTrainedAndAveragedNetworkOfACheckpoint() throws {
        let model = try DiffusionModel.test()
        let average = model.network.state.tensors(prefix: "target_network.decoder.")
        model.network.state.randomise(seed: 8)
        let raw = model.network.state.tensors(prefix: "online_network.decoder.")
        let bytes = Safetensors.encode(raw + average + [StoredTensor("vae.encoder.weight", [Float(1)], shape: [1])])
        let converted = try AuthorsWeights.convert(
            bytes, description: model.description, leafCount: 3, treeDigest: "abc")
        let imported = try DiffusionModelFile.load(converted).network.state
        #expect(imported.tensors(prefix: "target_network.decoder.") == average)
        #expect(throws: DiffusionError.self) {
            try AuthorsWeights.convert(bytes, leafCount: 3, treeDigest: "abc")
        }
        let zeros = [Float](repeating: 0, count: 100_000)
        let nothing = Safetensors.encode([StoredTensor("x", zeros, shape: [zeros.count])])
        #expect(throws: DiffusionError.self) {
            try AuthorsWeights.convert(nothing, description: model.description, leafCount: 3, treeDigest: "abc")
        }
    }
}
