/// A safetensors file in memory: named tensors and string metadata.
///
/// The layout is eight bytes of little-endian header length, a JSON header, then the tensors' bytes end to end. Files
/// come from strangers: every length, offset and product is checked before it is used, and memory is only ever
/// taken in proportion to the file's own size.
package struct Safetensors: Sendable {
    /// The longest header that is read, as in the format's reference implementation.
    package static let headerLimit = 100_000_000
    /// The most tensors that are read; the largest networks here have a few thousand.
    package static let tensorLimit = 100_000
    /// The most axes that are read.
    package static let axisLimit = 8

    /// What the header says of one tensor; `bytes` is its range in the file.
    package struct Description: Equatable, Sendable {
        package let type: TensorType
        package let shape: [Int]
        let bytes: Range<Int>

        /// The number of elements.
        package var count: Int { bytes.count / type.size }
    }

    /// The tensors' names, in the order of their bytes.
    package let names: [String]
    package let metadata: [String: String]
    private let bytes: [UInt8]
    private let descriptions: [String: Description]

    private init(
        bytes: [UInt8], names: [String], descriptions: [String: Description], metadata: [String: String]
    ) {
        self.bytes = bytes
        self.names = names
        self.descriptions = descriptions
        self.metadata = metadata
    }

    /// Reads a whole file.
    package init(bytes: [UInt8]) throws(SafetensorsError) {
        let header = try bytes.withUnsafeBufferPointer { file throws(SafetensorsError) in
            try SafetensorsHeader(file: UnsafeRawBufferPointer(file))
        }
        let ordered = try header.ordered(available: bytes.count - header.dataStart)
        var descriptions: [String: Description] = [:]
        descriptions.reserveCapacity(ordered.count)
        for entry in ordered {
            descriptions[entry.name] = Description(
                type: entry.type, shape: entry.shape,
                bytes: header.dataStart + entry.begin..<header.dataStart + entry.end)
        }
        self.init(
            bytes: bytes, names: ordered.map(\.name), descriptions: descriptions, metadata: header.metadata)
    }

    package subscript(name: String) -> Description? { descriptions[name] }

    /// The same file under other names: tensors for which `rename` gives nil are left out.
    /// - Throws: when two tensors would have one name.
    package func renamed(_ rename: (String) -> String?) throws(SafetensorsError) -> Safetensors {
        var names: [String] = []
        var descriptions: [String: Description] = [:]
        for name in self.names {
            guard let new = rename(name), let description = self.descriptions[name] else { continue }
            guard descriptions.updateValue(description, forKey: new) == nil else { throw .duplicateName(new) }
            names.append(new)
        }
        return Safetensors(bytes: bytes, names: names, descriptions: descriptions, metadata: metadata)
    }

    /// The tensors whose names begin with `prefix`, without it.
    package func under(_ prefix: String) throws(SafetensorsError) -> Safetensors {
        try renamed { $0.rest(after: prefix) }
    }

    // MARK: Values

    /// Values of an F16, F32 or F64 tensor, in the file's order; only F64 is rounded.
    package func floats(_ name: String) throws(SafetensorsError) -> [Float] {
        let description = try find(name)
        switch description.type {
        case .float32: return read(description)
        case .float64: return read(description, as: Double.self).map(Float.init)
        case .float16: return read(description, as: Float16.self).map(Float.init)
        default: throw .wrongType(name: name, found: description.type, wanted: "F32, F64 or F16")
        }
    }

    /// Values of an F16, F32 or F64 tensor in double precision, in the file's order.
    package func doubles(_ name: String) throws(SafetensorsError) -> [Double] {
        let description = try find(name)
        switch description.type {
        case .float32: return read(description, as: Float.self).map(Double.init)
        case .float64: return read(description)
        case .float16: return read(description, as: Float16.self).map(Double.init)
        default: throw .wrongType(name: name, found: description.type, wanted: "F32, F64 or F16")
        }
    }

    /// Values of an integer tensor, in the file's order.
    package func integers(_ name: String) throws(SafetensorsError) -> [Int64] {
        let description = try find(name)
        switch description.type {
        case .int64: return read(description)
        case .int32: return read(description, as: Int32.self).map(Int64.init)
        case .uint8: return read(description, as: UInt8.self).map(Int64.init)
        default: throw .wrongType(name: name, found: description.type, wanted: "I64, I32 or U8")
        }
    }

    /// The bytes of a U8 tensor.
    package func unsignedBytes(_ name: String) throws(SafetensorsError) -> [UInt8] {
        let description = try find(name)
        guard description.type == .uint8 else {
            throw .wrongType(name: name, found: description.type, wanted: "U8")
        }
        return Array(bytes[description.bytes])
    }

    /// An F16, F32 or F64 tensor as one of ours, its axes turned as `layout` says; nil where they cannot be.
    package func tensor(_ name: String, layout: ParameterLayout) throws(SafetensorsError) -> Tensor? {
        let description = try find(name)
        guard let shape = layout.shape(fromTorch: description.shape) else { return nil }
        return Tensor(shape, layout.fromTorch(try floats(name), shape: shape))
    }

    /// One tensor as it is stored.
    package func stored(_ name: String) throws(SafetensorsError) -> StoredTensor {
        let description = try find(name)
        return StoredTensor(
            name: name, type: description.type, shape: description.shape, bytes: Array(bytes[description.bytes]))
    }

    private func find(_ name: String) throws(SafetensorsError) -> Description {
        guard let description = descriptions[name] else { throw .missing(name) }
        return description
    }

    private func read<Value: BitwiseCopyable>(_ description: Description, as type: Value.Type = Value.self) -> [Value] {
        bytes.withUnsafeBytes { raw in
            Array(unsafeUninitializedCapacity: description.count) { buffer, filled in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: raw[description.bytes]))
                filled = description.count
            }
        }
    }

    // MARK: Writing

    /// The bytes of a file that holds `tensors`. Wider types come first, so that each tensor is aligned to its
    /// elements; equal input gives equal bytes.
    package static func encode(_ tensors: [StoredTensor], metadata: [String: String] = [:]) -> [UInt8] {
        precondition(
            Set(tensors.map(\.name)).count == tensors.count && !tensors.contains { $0.name == "__metadata__" },
            "Safetensors.encode: tensor names must differ from each other and from __metadata__")
        let ordered = [8, 4, 2, 1].flatMap { size in tensors.filter { $0.type.size == size } }
        var header = "{"
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0)):\(JSONText.quoted($1))" }
            header += "\"__metadata__\":{\(pairs.joined(separator: ","))},"
        }
        var offset = 0
        for tensor in ordered {
            let end = offset + tensor.bytes.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            header += "\(JSONText.quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
            header += "\"data_offsets\":[\(offset),\(end)]},"
            offset = end
        }
        if header.hasSuffix(",") { header.removeLast() }
        header += "}"
        let padding = (8 - header.utf8.count % 8) % 8
        header += String(repeating: " ", count: padding)

        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.utf8.count + offset)
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header.utf8)
        for tensor in ordered { bytes.append(contentsOf: tensor.bytes) }
        return bytes
    }
}
