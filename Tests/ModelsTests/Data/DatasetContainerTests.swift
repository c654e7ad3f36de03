import Neural
import Testing

@testable import Models

@Suite struct DatasetContainerTests {
    static func dataset(labels: [UInt8]? = [0, 1]) throws -> ImageDataset {
        try ImageDataset(
            name: "Zwei \"Bilder\"", height: 2, width: 3, channels: 3, pixels: (0..<36).map { $0 }, labels: labels,
            classNames: labels == nil ? [] : ["T-shirt/top", "Käse"])
    }

    @Test func roundTrips() throws {
        for labels: [UInt8]? in [[0, 1], nil] {
            let dataset = try Self.dataset(labels: labels)
            let bytes = try DatasetContainer.encode(dataset)
            #expect(try DatasetReader.read(files: [("x.safetensors", bytes)]) == dataset)
            #expect(try DatasetContainer.encode(dataset) == bytes)
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try DatasetContainer.encode(Self.dataset())
        for length in 0..<bytes.count {
            #expect(throws: DatasetError.self, "\(length) bytes") {
                try DatasetReader.read(files: [("x.safetensors", Array(bytes[..<length]))])
            }
        }
    }

    @Test func filesThatAreNoDataSets() throws {
        func refuse(_ tensors: [StoredTensor], _ metadata: [String: String], because words: String) {
            expectRefusal(of: [("x", Safetensors.encode(tensors, metadata: metadata))], because: words)
        }
        let kind = ["kind": "dataset"]
        let images = StoredTensor("images", [UInt8](repeating: 1, count: 8), shape: [2, 2, 2, 1])
        refuse([images], ["kind": "treevae"], because: "no data set")
        refuse([images], [:], because: "no data set")
        refuse([], kind, because: "images")
        refuse([StoredTensor("images", [Float](repeating: 1, count: 8), shape: [2, 2, 2, 1])], kind, because: "U8")
        refuse([StoredTensor("images", [UInt8](repeating: 1, count: 8), shape: [2, 4])], kind, because: "U8")
        refuse([StoredTensor("images", [UInt8](), shape: [0, 2, 2, 1])], kind, because: "whole images")
        refuse([StoredTensor("images", images.bytes, shape: [2, 2, 1, 2])], kind, because: "channels")
        refuse([StoredTensor("images", [UInt8](), shape: [2, 0, 2, 1])], kind, because: "not supported")
        refuse([images, StoredTensor("labels", [UInt8]([1]), shape: [1])], kind, because: "one label an image")
        refuse([images, StoredTensor("labels", [Int64]([1, 2]), shape: [2])], kind, because: "one label an image")
        refuse([images, StoredTensor("extra", [UInt8]([1]), shape: [1])], kind, because: "extra")
        let labels = StoredTensor("labels", [UInt8]([1, 2]), shape: [2])
        for classes in ["", "{}", "[1]", "[\"a\"", "null"] {
            refuse([images, labels], ["kind": "dataset", "classes": classes], because: "JSON array")
        }
        refuse([images, labels], ["kind": "dataset", "classes": "[\"a\",\"b\"]"], because: "name every class")
        let bytes = try DatasetContainer.encode(Self.dataset())
        expectRefusal(of: [("a", bytes), ("b", bytes)], because: "give one")
    }
}
