/// One tensor as a file holds it: PyTorch's shape and axis order, little-endian bytes.
package struct StoredTensor: Equatable, Sendable {
    package let name: String
    package let type: TensorType
    package let shape: [Int]
    package let bytes: [UInt8]

    /// `bytes` must be what `type` and `shape` need.
    package init(name: String, type: TensorType, shape: [Int], bytes: [UInt8]) {
        precondition(
            bytes.count == shape.reduce(type.size, *),
            "StoredTensor \(name): \(bytes.count) bytes do not fill \(type.rawValue) \(shape)")
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    package init(_ name: String, _ values: [Float], shape: [Int]) {
        self.init(name: name, type: .float32, shape: shape, bytes: Self.bytes(of: values))
    }

    package init(_ name: String, _ values: [Double], shape: [Int]) {
        self.init(name: name, type: .float64, shape: shape, bytes: Self.bytes(of: values))
    }

    package init(_ name: String, _ values: [Int64], shape: [Int]) {
        self.init(name: name, type: .int64, shape: shape, bytes: Self.bytes(of: values))
    }

    /// Bytes such as a data set's pixels.
    package init(_ name: String, _ values: [UInt8], shape: [Int]) {
        self.init(name: name, type: .uint8, shape: shape, bytes: values)
    }

    /// The same tensor with each F32 value rounded to the nearest of F16, to even between two; another type stays as it is.
    ///
    /// Values beyond F16's 65,504 become infinite.
    package var halved: StoredTensor {
        guard type == .float32 else { return self }
        let values = bytes.withUnsafeBytes { raw in
            (0..<bytes.count / 4).map { Float16(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
        }
        return StoredTensor(name: name, type: .float16, shape: shape, bytes: Self.bytes(of: values))
    }

    /// A parameter's or buffer's values in PyTorch's order.
    package init(_ name: String, _ tensor: Tensor, layout: ParameterLayout) {
        let bytes = [UInt8](unsafeUninitializedCapacity: tensor.count * MemoryLayout<Float>.stride) { raw, filled in
            filled = raw.count
            raw.withMemoryRebound(to: Float.self) { target in
                if let base = target.baseAddress { layout.write(tensor.data, torch: base, shape: tensor.shape) }
            }
        }
        self.init(name: name, type: .float32, shape: layout.torchShape(tensor.shape), bytes: bytes)
    }

    /// Every machine that Swift runs on here is little-endian, as the format is.
    private static func bytes<Value: BitwiseCopyable>(of values: [Value]) -> [UInt8] {
        values.withUnsafeBytes { Array($0) }
    }
}
