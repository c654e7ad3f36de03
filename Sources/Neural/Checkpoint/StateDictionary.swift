/// The parameters and buffers of a network in a fixed order, under the names of the authors' state dictionaries.
///
/// It refers to the network's own tensors: loading changes the network.
package struct StateDictionary {
    /// What a name stands for.
    package enum Entry {
        case parameter(Parameter)
        /// Values that a forward pass or an optimiser updates, such as running statistics or moments.
        case buffer(Tensor, layout: ParameterLayout)
        /// One integer, stored as an I64 without axes, such as `num_batches_tracked`.
        case counter(get: () -> Int64, set: (Int64) -> Void)
    }

    package private(set) var entries: [(name: String, entry: Entry)] = []
    private var known: Set<String> = []

    package init() {}

    package mutating func add(_ name: String, _ parameter: Parameter) { insert(name, .parameter(parameter)) }

    package mutating func addBuffer(_ name: String, _ tensor: Tensor, layout: ParameterLayout = .vector) {
        insert(name, .buffer(tensor, layout: layout))
    }

    package mutating func addCounter(
        _ name: String, get: @escaping () -> Int64, set: @escaping (Int64) -> Void
    ) {
        insert(name, .counter(get: get, set: set))
    }

    /// "a" and "b" to "a.b"; a root has the empty path.
    package static func join(_ path: String, _ name: String) -> String {
        if path.isEmpty { return name }
        return name.isEmpty ? path : "\(path).\(name)"
    }

    package var parameters: [(name: String, parameter: Parameter)] {
        entries.compactMap { name, entry in
            if case .parameter(let parameter) = entry { (name, parameter) } else { nil }
        }
    }

    /// The number of values that training changes.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }

    /// Takes every value from the tensors of `file` whose names begin with `prefix`.
    ///
    /// Strict: each name must be on both sides with the same shape, or `StateDictionaryError` names the one that is
    /// not, and nothing is changed. F64 values are rounded to F32.
    package func load(_ file: Safetensors, prefix: String = "") throws {
        for (name, entry) in entries { try check(prefix + name, entry, in: file) }
        let unexpected = file.names.filter {
            $0.rest(after: prefix).map { !known.contains($0) } ?? false
        }
        if let first = unexpected.first {
            throw StateDictionaryError.unexpected(first, others: unexpected.count - 1)
        }
        for (name, entry) in entries {
            switch entry {
            case .parameter(let parameter):
                try Self.copy(file.floats(prefix + name), to: parameter.value, layout: parameter.layout)
            case .buffer(let tensor, let layout):
                try Self.copy(file.floats(prefix + name), to: tensor, layout: layout)
            case .counter(_, let set): set(try file.integers(prefix + name)[0])
            }
        }
    }

    /// Everything as a file holds it, in PyTorch's shapes.
    package func tensors(prefix: String = "") -> [StoredTensor] {
        entries.map { name, entry in
            switch entry {
            case .parameter(let parameter): StoredTensor(prefix + name, parameter.value, layout: parameter.layout)
            case .buffer(let tensor, let layout): StoredTensor(prefix + name, tensor, layout: layout)
            case .counter(let get, _): StoredTensor(prefix + name, [get()], shape: [])
            }
        }
    }

    private mutating func insert(_ name: String, _ entry: Entry) {
        precondition(known.insert(name).inserted, "StateDictionary: two tensors are called \(name)")
        entries.append((name, entry))
    }

    private func check(_ name: String, _ entry: Entry, in file: Safetensors) throws(StateDictionaryError) {
        guard let found = file[name] else { throw .missing(name) }
        let expected: [Int]
        switch entry {
        case .parameter(let parameter): expected = parameter.torchShape
        case .buffer(let tensor, let layout): expected = layout.torchShape(tensor.shape)
        case .counter:
            expected = []
            guard !found.type.isFloat else { throw .wrongType(name: name, found: found.type, expected: "I64") }
        }
        guard found.shape == expected else { throw .wrongShape(name: name, found: found.shape, expected: expected) }
        if case .counter = entry { return try checkCount(name, in: file) }
        guard found.type.isFloat else {
            throw .wrongType(name: name, found: found.type, expected: "F32, F64 or F16")
        }
    }

    /// A count goes on from where it stands, so there must be room above it.
    private func checkCount(_ name: String, in file: Safetensors) throws(StateDictionaryError) {
        let count: Int64
        do throws(SafetensorsError) {
            count = try file.integers(name)[0]
        } catch {
            throw .missing(name)
        }
        guard (0...Self.largestCount).contains(count) else { throw .wrongCount(name: name, found: count) }
    }

    /// No training does so many steps.
    private static let largestCount: Int64 = 1 << 48

    private static func copy(_ values: [Float], to tensor: Tensor, layout: ParameterLayout) {
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { layout.read(torch: base, into: tensor.data, shape: tensor.shape) }
        }
    }
}
