import Foundation
import Neural
import Testing

/// Numbers computed by the authors' own code; `Tests/Fixtures/README.md` says what the kinds hold.
package struct Fixture: Sendable, CustomTestStringConvertible {
    /// The file's name without its ending.
    package let name: String
    package let kind: String
    package let file: Safetensors
    /// How the network or the run is set.
    package let config: JSONValue

    package var testDescription: String { name }

    init(contentsOf url: URL) throws {
        name = url.deletingPathExtension().lastPathComponent
        do {
            file = try Safetensors(bytes: [UInt8](Data(contentsOf: url)))
            guard let kind = file.metadata["kind"], let config = file.metadata["config"] else {
                throw FixtureError("its metadata lacks \"kind\" or \"config\"")
            }
            self.kind = kind
            self.config = try JSONValue(parsing: config)
        } catch {
            throw FixtureError("Fixture \(url.path) cannot be read: \(error)")
        }
    }

    // MARK: Metadata

    package func metadata(_ key: String) throws -> String {
        guard let text = file.metadata[key] else { throw FixtureError("Fixture \(name) has no metadata \"\(key)\".") }
        return text
    }

    /// Metadata that is JSON, such as `tree` or `sampler`.
    package func json(_ key: String) throws -> JSONValue { try JSONValue(parsing: metadata(key)) }

    // MARK: Tensors

    package func has(_ name: String) -> Bool { file[name] != nil }

    /// PyTorch's shape.
    package func shape(_ name: String) throws -> [Int] {
        guard let description = file[name] else { throw SafetensorsError.missing(name) }
        return description.shape
    }

    /// Values in PyTorch's order.
    package func floats(_ name: String) throws -> [Float] { try file.floats(name) }

    package func doubles(_ name: String) throws -> [Double] { try file.doubles(name) }

    package func integers(_ name: String) throws -> [Int] { try file.integers(name).map(Int.init) }

    /// The value of a tensor that holds one.
    package func scalar(_ name: String) throws -> Double {
        let values = try doubles(name)
        guard values.count == 1 else { throw FixtureError("Fixture \(self.name): \(name) is not a single value.") }
        return values[0]
    }

    /// A tensor of activations: four axes become channels last, others stay.
    package func tensor(_ name: String, requiresGradient: Bool = false) throws -> Tensor {
        let (shape, values) = ChannelOrder.channelsLast(try floats(name), torchShape: try shape(name))
        return Tensor(shape, values, requiresGradient: requiresGradient)
    }

    /// Parameters and buffers under the names of the state dictionary, for `StateDictionary.load`.
    package var state: Safetensors {
        get throws {
            try file.renamed { name in
                ["param.", "buffer."].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
            }
        }
    }

    /// Names that begin with `prefix`, without it.
    package func names(under prefix: String) -> [String] {
        file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}

/// Why fixtures cannot be used.
package struct FixtureError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
