import Testing

@testable import Neural

@Suite struct SafetensorsTests {
    private let tensors = [
        StoredTensor("a", [1.5, -2, 3, 4, 5, 6] as [Float], shape: [2, 3]),
        StoredTensor("b.u8", [7, 8, 9] as [UInt8], shape: [3]),
        StoredTensor("c", [1e-300, .pi] as [Double], shape: [2]),
        StoredTensor("d", [-5] as [Int64], shape: []),
        StoredTensor("none", [] as [Float], shape: [4, 0]),
    ]

    @Test func roundTrip() throws {
        let metadata = ["kind": "test \"quoted\" \\ \n \u{1} é 🌳", "": ""]
        let bytes = Safetensors.encode(tensors, metadata: metadata)
        let file = try Safetensors(bytes: bytes)
        #expect(file.metadata == metadata)
        #expect(Set(file.names) == Set(tensors.map(\.name)))
        for tensor in tensors { #expect(try file.stored(tensor.name) == tensor) }
        #expect(try file.floats("a") == [1.5, -2, 3, 4, 5, 6])
        #expect(try file.floats("c") == [0, Float(Double.pi)])
        #expect(try file.doubles("c") == [1e-300, .pi])
        #expect(try file.doubles("a") == [1.5, -2, 3, 4, 5, 6])
        #expect(try file.integers("d") == [-5])
        #expect(try file.integers("b.u8") == [7, 8, 9])
        #expect(try file.unsignedBytes("b.u8") == [7, 8, 9])
        #expect(file["a"]?.shape == [2, 3])
        #expect(Safetensors.encode(tensors, metadata: metadata) == bytes)
    }

    @Test func encodingIsAlignedToElements() throws {
        let bytes = Safetensors.encode(tensors)
        let file = try Safetensors(bytes: bytes)
        for name in file.names {
            let description = try #require(file[name])
            #expect(description.bytes.lowerBound % description.type.size == 0, "\(name)")
        }
    }

    /// Ties go to even, subnormal numbers stay, and what is read is the half itself, not a neighbour.
    @Test func halvesAreRoundedOnceAndReadExactly() throws {
        let values: [Float] = [1, -2.5, 1 + 0x1p-11, 1 + 3 * 0x1p-11, 0x1p-24, 0x1p-26, -0.0, 65_504, 1e6]
        let halves: [Float] = [1, -2.5, 1, 1 + 0x1p-9, 0x1p-24, 0, -0.0, 65_504, .infinity]
        let tensor = StoredTensor("h", values, shape: [9]).halved
        #expect(tensor.type == .float16 && tensor.bytes.count == 18 && tensor.halved == tensor)
        let bytes = Safetensors.encode([tensor, StoredTensor("b", [1] as [UInt8], shape: [1])])
        let file = try Safetensors(bytes: bytes)
        #expect(try file.floats("h").map(\.bitPattern) == halves.map(\.bitPattern))
        #expect(try file.doubles("h") == halves.map(Double.init))
        #expect(try file.stored("h") == tensor)
        #expect(StoredTensor("i", [3] as [Int64], shape: []).halved.type == .int64)
    }

    @Test func emptyFileRoundTrips() throws {
        let file = try Safetensors(bytes: Safetensors.encode([]))
        #expect(file.names.isEmpty && file.metadata.isEmpty)
    }

    @Test func wrongQuestions() throws {
        let file = try Safetensors(bytes: Safetensors.encode(tensors))
        #expect(throws: SafetensorsError.missing("zzz")) { try file.floats("zzz") }
        #expect(throws: SafetensorsError.wrongType(name: "d", found: .int64, wanted: "F32, F64 or F16")) {
            try file.floats("d")
        }
        #expect(throws: SafetensorsError.wrongType(name: "a", found: .float32, wanted: "I64, I32 or U8")) {
            try file.integers("a")
        }
        #expect(throws: SafetensorsError.wrongType(name: "a", found: .float32, wanted: "U8")) {
            try file.unsignedBytes("a")
        }
    }

    @Test func prefixesAreTakenOff() throws {
        let file = try Safetensors(
            bytes: Safetensors.encode([
                StoredTensor("x.a", [1] as [Float], shape: [1]), StoredTensor("y.a", [2] as [Float], shape: [1]),
            ]))
        #expect(try file.under("y.").names == ["a"])
        #expect(try file.under("y.").floats("a") == [2])
    }
}
