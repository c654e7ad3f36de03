import Testing

@testable import Neural

@Suite struct StateDictionaryTests {
    /// A convolution with spectral norm and a batch norm: every kind of entry.
    private struct Network: Module {
        let conv: Conv2D
        let bn: BatchNorm

        init(seed: UInt64) {
            var initialiser = Initialiser(seed: seed)
            conv = Conv2D(2, 3, kernel: 3, padding: 1, spectralNorm: true, using: &initialiser)
            bn = BatchNorm(3, using: &initialiser)
        }

        func collect(_ path: String, into state: inout StateDictionary) {
            conv.collect(StateDictionary.join(path, "conv"), into: &state)
            bn.collect(StateDictionary.join(path, "bn"), into: &state)
        }
    }

    private func file(_ tensors: [StoredTensor]) throws -> Safetensors {
        try Safetensors(bytes: Safetensors.encode(tensors))
    }

    /// The state's tensors with one replaced, or removed where `change` gives nil.
    private func tensors(
        of network: Network, changing name: String, _ change: (StoredTensor) -> StoredTensor?
    ) -> [StoredTensor] {
        network.state.tensors().compactMap { $0.name == name ? change($0) : $0 }
    }

    @Test func namesAreTheAuthors() {
        #expect(
            Network(seed: 1).state.tensors(prefix: "x.").map(\.name) == [
                "x.conv.bias", "x.conv.parametrizations.weight.original", "x.conv.parametrizations.weight.0._u",
                "x.conv.parametrizations.weight.0._v", "x.bn.weight", "x.bn.bias", "x.bn.running_mean",
                "x.bn.running_var", "x.bn.num_batches_tracked",
            ])
    }

    @Test func shapesArePyTorchs() {
        let shapes = Dictionary(uniqueKeysWithValues: Network(seed: 1).state.tensors().map { ($0.name, $0.shape) })
        #expect(shapes["conv.parametrizations.weight.original"] == [3, 2, 3, 3])
        #expect(shapes["conv.parametrizations.weight.0._v"] == [18])
        #expect(shapes["bn.num_batches_tracked"] == [])
    }

    @Test func roundTrip() throws {
        let (source, target) = (Network(seed: 1), Network(seed: 2))
        source.bn.normalisation.batchesTracked = 17
        source.bn.normalisation.runningMean.data[1] = 0.25
        #expect(source.state.tensors() != target.state.tensors())
        try target.state.load(file(source.state.tensors(prefix: "net.")), prefix: "net.")
        #expect(source.state.tensors() == target.state.tensors())
        #expect(target.bn.normalisation.batchesTracked == 17)
        #expect(source.conv.weight.value.values == target.conv.weight.value.values)
    }

    @Test func prefixLeavesOtherTensorsAlone() throws {
        let network = Network(seed: 1)
        let other = StoredTensor("other", [1] as [Float], shape: [1])
        try network.state.load(file(network.state.tensors(prefix: "a.") + [other]), prefix: "a.")
    }

    @Test func doublePrecisionIsRounded() throws {
        let network = Network(seed: 1)
        let values = [0.1, 0.2, 0.3]
        try network.state.load(
            file(tensors(of: network, changing: "bn.bias") { StoredTensor($0.name, values, shape: [3]) }))
        #expect(network.bn.bias.value.values == values.map(Float.init))
    }

    @Test func missing() throws {
        let network = Network(seed: 1)
        let file = try file(tensors(of: network, changing: "bn.running_var") { _ in nil })
        #expect(throws: StateDictionaryError.missing("bn.running_var")) { try network.state.load(file) }
    }

    @Test func unexpected() throws {
        let network = Network(seed: 1)
        let extra = [
            StoredTensor("conv.weight", [1] as [Float], shape: [1]), StoredTensor("z", [1] as [Float], shape: [1]),
        ]
        let file = try file(network.state.tensors() + extra)
        #expect(throws: StateDictionaryError.unexpected("conv.weight", others: 1)) { try network.state.load(file) }
    }

    @Test func misshapenChangesNothing() throws {
        let (source, target) = (Network(seed: 1), Network(seed: 2))
        let before = target.state.tensors()
        // As many values, other axes.
        let file = try file(
            tensors(of: source, changing: "bn.running_var") {
                StoredTensor(name: $0.name, type: $0.type, shape: [1, 3], bytes: $0.bytes)
            })
        #expect(throws: StateDictionaryError.wrongShape(name: "bn.running_var", found: [1, 3], expected: [3])) {
            try target.state.load(file)
        }
        #expect(target.state.tensors() == before)
    }

    @Test func wrongTypes() throws {
        let network = Network(seed: 1)
        let integers = try file(
            tensors(of: network, changing: "bn.bias") { StoredTensor($0.name, [1, 2, 3] as [Int64], shape: [3]) })
        #expect(throws: StateDictionaryError.wrongType(name: "bn.bias", found: .int64, expected: "F32, F64 or F16")) {
            try network.state.load(integers)
        }
        let floats = try file(
            tensors(of: network, changing: "bn.num_batches_tracked") {
                StoredTensor($0.name, [1] as [Float], shape: [])
            })
        let error = StateDictionaryError.wrongType(name: "bn.num_batches_tracked", found: .float32, expected: "I64")
        #expect(throws: error) { try network.state.load(floats) }
    }

    @Test(arguments: [-1, Int64.min, .max]) func countsLeaveRoom(count: Int64) throws {
        let network = Network(seed: 1)
        let changed = tensors(of: network, changing: "bn.num_batches_tracked") {
            StoredTensor($0.name, [count], shape: [])
        }
        let error = StateDictionaryError.wrongCount(name: "bn.num_batches_tracked", found: count)
        #expect(throws: error) { try network.state.load(file(changed)) }
    }

    @Test func errorsNameTheTensor() {
        let error = StateDictionaryError.wrongShape(name: "a.b", found: [1, 2], expected: [2, 1])
        #expect("\(error)".contains("\"a.b\"") && "\(error)".contains("[1, 2]") && "\(error)".contains("[2, 1]"))
    }

    @Test func joinLeavesEmptyPartsOut() {
        #expect(StateDictionary.join("", "a") == "a")
        #expect(StateDictionary.join("a", "b") == "a.b")
        #expect(StateDictionary.join("a", "") == "a")
    }
}
