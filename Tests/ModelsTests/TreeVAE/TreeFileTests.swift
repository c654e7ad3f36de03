import Neural
import Testing

@testable import Models

@Suite("A tree's file")
struct TreeFileTests {
    @Test("A tree read from its file gives the same bits and the same file")
    func roundTrip() throws {
        let tree = try SmallExample.tree()
        let bytes = try tree.fileBytes(metadata: ["note": "kept"])
        let file = try Safetensors(bytes: bytes)
        #expect(file.metadata["note"] == "kept")
        let again = try TreeVAE(file)
        #expect(again.topology == tree.topology)
        #expect(try again.fileBytes(metadata: ["note": "kept"]) == bytes)
        let images = try SmallExample.dataset(count: 5).tensor(0..<5)
        #expect(again.leafProbabilities(images).values == tree.leafProbabilities(images).values)
    }

    @Test("Spectral normalisation and pruned trees survive the file")
    func unusualTrees() throws {
        var configuration = SmallExample.configuration
        configuration.spectralNorm = true
        let tree = try TreeVAE(configuration, seed: 1)
        tree.attach(SmallTree(configuration, depth: 2, seed: 2), at: 2)
        tree.remove(leaf: 1)
        let bytes = try tree.fileBytes()
        #expect(try TreeVAE(Safetensors(bytes: bytes)).fileBytes() == bytes)
        let names = tree.state.parameters.map(\.name)
        #expect(names.contains("denses.1.mu.weight"))
        #expect(names.contains("denses.2.mu.parametrizations.weight.original"))
    }

    @Test("A missing, unexpected or misshapen tensor is named")
    func strictness() throws {
        let tree = try SmallExample.tree()
        let metadata = try Safetensors(bytes: tree.fileBytes()).metadata
        var tensors = tree.storedTensors()
        let removed = tensors.removeLast()
        expectRefusal(
            tensors + [StoredTensor("param.extra", [Float](repeating: 0, count: 99), shape: [99])], metadata,
            removed.name.split(separator: ".", maxSplits: 1)[1])
        tensors.append(removed)
        expectRefusal(tensors + [StoredTensor("param.extra", [Float(1)], shape: [1])], metadata, "extra")
        let index = try #require(tensors.firstIndex { $0.shape.count == 4 })
        let wrong = tensors[index]
        tensors[index] = StoredTensor(
            name: wrong.name, type: wrong.type, shape: wrong.shape.reversed(), bytes: wrong.bytes)
        expectRefusal(tensors, metadata, "shape")
    }

    @Test("A tensor that is there as a parameter and as a buffer is named")
    func twice() throws {
        let tree = try SmallExample.tree()
        let metadata = try Safetensors(bytes: tree.fileBytes()).metadata
        let tensors = tree.storedTensors()
        let name = try #require(tensors[0].name.rest(after: "param."))
        let again = StoredTensor(
            name: "buffer." + name, type: tensors[0].type, shape: tensors[0].shape, bytes: tensors[0].bytes)
        expectRefusal(tensors + [again], metadata, "\"\(name)\" twice")
    }

    @Test("A small file that claims a huge tree is refused before anything is made")
    func hugeClaims() throws {
        var metadata = try Safetensors(bytes: SmallExample.tree().fileBytes()).metadata
        var configuration = SmallExample.configuration
        configuration.bottomUpChannels = Array(repeating: 1024, count: 16)
        configuration.latentChannels = Array(repeating: 1024, count: 16)
        metadata["config"] = try configuration.json()
        expectRefusal([], metadata, "holds 0 values")
    }

    @Test(
        "Metadata that describes no tree is refused",
        arguments: [
            ("kind", "unet"), ("config", "{}"), ("tree", "[]"),
            ("tree", "[{\"index\":0,\"kind\":\"leaf\",\"depth\":1}]"),
            ("tree", "[{\"index\":0,\"kind\":\"split\",\"depth\":0,\"left\":1,\"right\":1}]"), ("tree", "x"),
            ("tree", "[{\"index\":0,\"kind\":\"leaf\",\"depth\":0},{\"index\":1,\"kind\":\"leaf\",\"depth\":0}]"),
        ])
    func brokenMetadata(change: (String, String)) throws {
        var metadata = try Safetensors(bytes: SmallExample.tree().fileBytes()).metadata
        metadata[change.0] = change.1
        expectRefusal(try SmallExample.tree().storedTensors(), metadata, "")
    }

    @Test("Settings of another release are a sentence that says what is missing")
    func otherRelease() throws {
        var metadata = try Safetensors(bytes: SmallExample.tree().fileBytes()).metadata
        metadata["config"] = "{}"
        expectRefusal(
            try SmallExample.tree().storedTensors(), metadata,
            "\"config\" in the file's metadata cannot be read, it has no ")
    }

    private func expectRefusal(_ tensors: [StoredTensor], _ metadata: [String: String], _ text: some StringProtocol) {
        let error = #expect(throws: (any Error).self) {
            try TreeVAE(Safetensors(bytes: Safetensors.encode(tensors, metadata: metadata)))
        }
        guard let error, !text.isEmpty else { return }
        #expect("\(error)".contains(text), "\(error)")
    }
}
