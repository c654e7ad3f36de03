/// The header of a safetensors file, read and checked for itself; `ordered` checks it against the data.
struct SafetensorsHeader {
    /// One tensor, its offsets counted from the start of the data.
    struct Entry {
        let name: String
        let type: TensorType
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]
    /// Where the tensors' bytes begin in the file.
    let dataStart: Int

    init(file: UnsafeRawBufferPointer) throws(SafetensorsError) {
        guard file.count >= 8 else { throw .truncated(needed: 8, found: file.count) }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Safetensors.headerLimit) else { throw .headerTooLong(length) }
        dataStart = 8 + Int(length)
        guard file.count >= dataStart else { throw .truncated(needed: dataStart, found: file.count) }
        var scanner = JSONScanner(UnsafeRawBufferPointer(rebasing: file[8..<dataStart]))
        try read(&scanner)
    }

    /// The entries in the order of their bytes, which must fill the data exactly.
    func ordered(available: Int) throws(SafetensorsError) -> [Entry] {
        let ordered = entries.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
        var position = 0
        for entry in ordered {
            guard entry.end <= available else {
                throw .outsideFile(name: entry.name, end: entry.end, available: available)
            }
            guard entry.begin == position else {
                throw .notContiguous(name: entry.name, begin: entry.begin, expected: position)
            }
            position = entry.end
        }
        guard position == available else { throw .unclaimedBytes(available - position) }
        return ordered
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(SafetensorsError) {
        var names: Set<String> = []
        var hasMetadata = false
        try scanner.object { scanner, name throws(SafetensorsError) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw .duplicateName(name) }
                hasMetadata = true
                try readMetadata(&scanner)
            } else {
                guard names.insert(name).inserted else { throw .duplicateName(name) }
                guard entries.count < Safetensors.tensorLimit else {
                    throw .tooManyTensors(limit: Safetensors.tensorLimit)
                }
                entries.append(try Self.entry(name, &scanner))
            }
        }
        try scanner.end()
    }

    private mutating func readMetadata(_ scanner: inout JSONScanner) throws(SafetensorsError) {
        try scanner.object { scanner, name throws(SafetensorsError) in
            guard metadata.updateValue(try scanner.string(), forKey: name) == nil else { throw .duplicateName(name) }
        }
    }

    private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(SafetensorsError) -> Entry {
        var type: TensorType?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key throws(SafetensorsError) in
            let isRepeated: Bool
            switch key {
            case "dtype":
                isRepeated = type != nil
                let text = try scanner.string()
                guard let known = TensorType(rawValue: text) else { throw .unsupportedType(name: name, type: text) }
                type = known
            case "shape":
                isRepeated = shape != nil
                guard let axes = try scanner.integers(atMost: Safetensors.axisLimit) else {
                    throw .tooManyAxes(name: name, count: Safetensors.axisLimit)
                }
                shape = axes
            case "data_offsets":
                isRepeated = offsets != nil
                offsets = try scanner.integers(atMost: 2)
            default:
                throw scanner.failure("dtype, shape or data_offsets")
            }
            if isRepeated { throw .duplicateName("\(name).\(key)") }
        }
        guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw scanner.failure("a tensor with dtype, shape and two rising data_offsets")
        }
        let length = offsets[1] - offsets[0]
        guard byteCount(type, shape) == length else {
            throw .sizeMismatch(name: name, shape: shape, type: type, bytes: length)
        }
        return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// nil where the product does not fit, even if a later axis is zero.
    private static func byteCount(_ type: TensorType, _ shape: [Int]) -> Int? {
        var product = type.size
        for length in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: length)
            if overflow { return nil }
            product = next
        }
        return product
    }
}
