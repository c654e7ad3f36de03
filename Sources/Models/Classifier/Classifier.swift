import Neural

/// A trained classifier in memory.
///
/// Unchecked Sendable: once loaded its weights are only read; what trains has a network of its own.
package final class Classifier: FeatureNetwork, @unchecked Sendable {
    package let description: ClassifierDescription
    let network: ClassifierNetwork

    /// A classifier with starting values drawn from `seed`.
    package init(_ description: ClassifierDescription, seed: UInt64) throws(ClassifierError) {
        try description.validate()
        self.description = description
        network = ClassifierNetwork(
            channels: description.channels, classes: description.classNames.count, seed: seed)
    }

    package var dimension: Int { ClassifierNetwork.featureCount }

    package func features(_ images: Tensor) -> Tensor { network.features(images, in: .inference) }

    /// The most probable class of each of the images whose features these are.
    package func classes(features: Tensor) -> [Int] {
        let logits = network.logits(features, in: .inference)
        return (0..<logits.rows).map { row in
            LeafChoice.largest(UnsafeBufferPointer(start: logits.data + row * logits.channels, count: logits.channels))
        }
    }
}

// MARK: Files

extension Classifier {
    /// What the metadata's "kind" says.
    package static let kind = "classifier"

    /// Reads a model file. Throws one sentence if it is not one, is damaged, or holds other tensors than it should.
    package convenience init(_ file: Safetensors) throws {
        try self.init(ClassifierFile.description(file, kind: Self.kind), seed: 0)
        try network.state.load(file)
    }

    package func fileBytes() throws -> [UInt8] {
        Safetensors.encode(
            network.state.tensors(), metadata: try ClassifierFile.metadata(description, kind: Self.kind))
    }
}
