/// Bytes in protobuf's wire format as a tree, without knowing what they mean: so every message can be changed inside.
struct WireFields {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes([UInt8])
        case message(WireFields)
    }

    struct Field {
        var number: UInt64
        var value: Value
    }

    var fields: [Field]

    init(_ fields: [Field] = []) { self.fields = fields }

    // MARK: Reading

    /// - Returns: `nil` where the bytes are not whole fields.
    init?(_ bytes: [UInt8], depth: Int = 0) {
        var reader = Reader(bytes: bytes)
        fields = []
        while !reader.isAtEnd {
            guard let tag = reader.varint(), tag >> 3 > 0, let value = reader.value(tag & 7, depth: depth) else {
                return nil
            }
            fields.append(Field(number: tag >> 3, value: value))
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func varint() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 70, by: 7) {
                guard position < bytes.count else { return nil }
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }

        mutating func little(_ count: Int) -> UInt64? {
            guard bytes.count - position >= count else { return nil }
            defer { position += count }
            return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        mutating func value(_ type: UInt64, depth: Int) -> Value? {
            switch type {
            case 0: return varint().map { .varint($0) }
            case 1: return little(8).map { .fixed64($0) }
            case 5: return little(4).map { .fixed32(UInt32($0)) }
            case 2:
                guard let length = varint(), length <= UInt64(bytes.count - position) else { return nil }
                defer { position += Int(length) }
                let content = Array(bytes[position..<position + Int(length)])
                // Short texts often are fields by chance; either reading makes inputs.
                guard !content.isEmpty, depth < 12, let inner = WireFields(content, depth: depth + 1) else {
                    return .bytes(content)
                }
                return .message(inner)
            default: return nil
            }
        }
    }

    // MARK: Writing

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields { Self.append(field, to: &bytes) }
        return bytes
    }

    private static func append(_ field: Field, to bytes: inout [UInt8]) {
        func tag(_ type: UInt64) { varint(field.number << 3 | type, to: &bytes) }
        switch field.value {
        case .varint(let value):
            tag(0)
            varint(value, to: &bytes)
        case .fixed64(let value):
            tag(1)
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        case .fixed32(let value):
            tag(5)
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        case .bytes(let content):
            tag(2)
            varint(UInt64(content.count), to: &bytes)
            bytes += content
        case .message(let inner): append(Field(number: field.number, value: .bytes(inner.encoded)), to: &bytes)
        }
    }

    private static func varint(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The contents of all fields that are bytes, at every depth.
    func forEachBytes(_ body: ([UInt8]) -> Void) {
        for field in fields {
            switch field.value {
            case .bytes(let content): body(content)
            case .message(let inner):
                body(inner.encoded)
                inner.forEachBytes(body)
            case .varint, .fixed32, .fixed64: break
            }
        }
    }
}
