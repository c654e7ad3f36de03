import Neural

/// The reader of safetensors files, and its JSON scanner.
struct SafetensorsTarget: FuzzTarget {
    static let name = "safetensors"

    init(scratch: String) {}

    func seeds() -> [[UInt8]] {
        let tensors = [
            StoredTensor("a", [1, 2, 3, 4] as [Float], shape: [2, 2]), StoredTensor("b.c", [5] as [Int64], shape: []),
            StoredTensor("d", [] as [UInt8], shape: [0, 3]), StoredTensor("e", [1.5] as [Double], shape: [1]),
            StoredTensor("f", [1, 2] as [Float], shape: [2]).halved,
        ]
        return [
            Safetensors.encode(tensors, metadata: ["kind": "x\"\\\u{1}é", "config": "{\"a\":[1,2]}"]),
            Safetensors.encode([]),
        ]
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] { SafetensorsMutator.mutate(input, &random) }

    func run(_ input: [UInt8]) throws -> Int {
        let file: Safetensors
        do throws(SafetensorsError) {
            file = try Safetensors(bytes: input)
        } catch {
            try Violation.expect(
                error.description.utf8.count <= 4000, "a refusal of \(error.description.utf8.count) bytes")
            return 1
        }
        var bytes = 0
        var tensors: [StoredTensor] = []
        for name in file.names {
            guard let found = file[name] else { throw Violation("a tensor that is named is not there") }
            bytes += found.count * found.type.size
            tensors.append(try file.stored(name))
            try read(name, found.type, file)
        }
        try Violation.expect(bytes <= input.count, "the tensors have \(bytes) bytes, the file \(input.count)")
        let again = try Safetensors(bytes: Safetensors.encode(tensors, metadata: file.metadata))
        try Violation.expect(
            Set(again.names) == Set(file.names) && again.metadata == file.metadata,
            "what is written again is not the same")
        return 1
    }

    private func read(_ name: String, _ type: TensorType, _ file: Safetensors) throws {
        switch type {
        case .float16, .float32, .float64:
            _ = (try file.floats(name), try file.doubles(name), try file.tensor(name, layout: .vector))
        case .int32, .int64: _ = try file.integers(name)
        case .uint8: _ = (try file.integers(name), try file.unsignedBytes(name))
        }
    }
}
