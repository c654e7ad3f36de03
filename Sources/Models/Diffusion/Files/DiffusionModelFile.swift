import FoundationEssentials
import Neural

/// A diffusion model as a safetensors file: raw weights under "param.", their moving average under "ema.", and the
/// description in the metadata. A compact one has the average alone, in half precision.
package enum DiffusionModelFile {
    /// What the metadata's "kind" says.
    package static let kind = "diffusion"
    static let rawPrefix = "param."
    static let averagePrefix = "ema."

    /// The bytes of a model file.
    package static func encode(
        _ description: DiffusionDescription, raw: [StoredTensor], average: [StoredTensor]
    ) throws -> [UInt8] {
        func prefixed(_ tensors: [StoredTensor], _ prefix: String) -> [StoredTensor] {
            tensors.map { StoredTensor(name: prefix + $0.name, type: $0.type, shape: $0.shape, bytes: $0.bytes) }
        }
        return Safetensors.encode(
            prefixed(raw, rawPrefix) + prefixed(average, averagePrefix), metadata: try metadata(description, kind: kind)
        )
    }

    /// Reads the moving average of a model file, which images are drawn with. Throws one sentence if it is not one, is
    /// damaged, or holds other tensors than its description asks for.
    package static func load(_ bytes: [UInt8]) throws -> DiffusionModel {
        let file = try Safetensors(bytes: bytes)
        let description = try description(file, kind: kind)
        try requireOnly([rawPrefix, averagePrefix], in: file)
        let model = try DiffusionModel(description, seed: 0)
        // The raw weights must be whole too where they are there, or the file is not what it says.
        if file.names.contains(where: { $0.rest(after: rawPrefix) != nil }) {
            try model.network.state.load(file, prefix: rawPrefix)
        }
        try model.network.state.load(file, prefix: averagePrefix)
        return model
    }

    /// A model file of a quarter of the size that draws nearly the same images: the moving average alone, each value rounded
    /// to half precision. It is read exactly, so what is compact stays as it is.
    package static func compact(_ bytes: [UInt8]) throws -> [UInt8] {
        let average = try load(bytes).network.state.tensors(prefix: averagePrefix)
        let metadata = try metadata(describe(bytes), kind: kind)
        return Safetensors.encode(average.map(\.halved), metadata: metadata)
    }

    /// What a model file says of itself, without its weights.
    package static func describe(_ bytes: [UInt8]) throws -> DiffusionDescription {
        try description(Safetensors(bytes: bytes), kind: kind)
    }

    // MARK: Metadata

    static func metadata(_ description: DiffusionDescription, kind: String) throws -> [String: String] {
        ["kind": kind, "description": try json(description)]
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Reads JSON from a file's metadata; `what` names it in the error.
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, what: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw DiffusionError("The file's \(what) cannot be read: \(error.reason). Write the file again.")
        }
    }

    /// The description in a file's metadata, checked, and the file's size held against what it asks for.
    static func description(_ file: Safetensors, kind: String) throws -> DiffusionDescription {
        let found = file.metadata["kind"] ?? "unknown"
        guard found == kind else {
            throw DiffusionError("The file is of kind \(found.shown(40)); one of kind \(kind) is needed.")
        }
        let description = try decode(
            DiffusionDescription.self, file.metadata["description"] ?? "", what: "description")
        try description.validate()
        try requireWeights(for: description.network, in: file)
        return description
    }

    /// Holds the size of a network against the file that should fill it, before the network is allocated.
    static func requireWeights(for network: UNetConfiguration, in file: Safetensors) throws(DiffusionError) {
        let needed = network.parameterCount
        let held = file.names.reduce(0) { $0 + (file[$1]?.count ?? 0) }
        guard held >= needed else {
            throw DiffusionError(
                "The network has \(needed) parameters but the file holds \(held) values; it is not this network's.")
        }
    }

    private static func requireOnly(_ prefixes: [String], in file: Safetensors) throws(DiffusionError) {
        for name in file.names where !prefixes.contains(where: { name.rest(after: $0) != nil }) {
            throw DiffusionError("The model file has a tensor \(name.shown(80)) that no diffusion model has.")
        }
    }
}
