/// Changes a protobuf message inside: numbers to extremes, texts to hostile ones, fields lost, repeated, unknown or nested.
/// It knows no message, so new fields and methods need nothing here.
enum WireMutator {
    /// The highest number that a field of the protocol has, and a few more.
    private static let highestField = 90
    /// More than a frame may have.
    private static let longest = 3 << 20

    static func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        guard var fields = WireFields(input), !random.oneIn(12) else { return ByteMutator.mutate(input, &random) }
        for _ in 0...random.below(random.oneIn(6) ? 12 : 3) { change(&fields, &random, depth: 0) }
        let bytes = fields.encoded
        return bytes.count <= longest ? bytes : input
    }

    private static func change(_ message: inout WireFields, _ random: inout FuzzRandom, depth: Int) {
        guard !message.fields.isEmpty, !random.oneIn(8) else {
            return message.fields.insert(field(&random, depth: depth), at: random.below(message.fields.count + 1))
        }
        let place = random.below(message.fields.count)
        if case .message(var inner) = message.fields[place].value, !random.oneIn(5) {
            change(&inner, &random, depth: depth + 1)
            message.fields[place].value = .message(inner)
            return
        }
        switch random.below(9) {
        case 0: message.fields.remove(at: place)
        case 1: message.fields.insert(message.fields[place], at: random.below(message.fields.count + 1))
        case 2:
            let count = random.oneIn(10) ? random.pick([100, 300, 1100, 4100]) : random.below(8)
            // A large field repeated so often, and that once more, would fill the memory.
            let room = longest / max(1, WireFields([message.fields[place]]).encoded.count)
            message.fields += Array(repeating: message.fields[place], count: min(count, room))
        case 3: message.fields[place].number = UInt64(1 + random.below(highestField))
        case 4: message.fields[place].value = value(&random, depth: depth)
        default: message.fields[place].value = changed(message.fields[place].value, &random)
        }
    }

    /// The same kind of value, another content.
    private static func changed(_ value: WireFields.Value, _ random: inout FuzzRandom) -> WireFields.Value {
        switch value {
        case .varint(let number):
            random.oneIn(3) ? .varint(number &+ random.pick([1, .max, 2, 128])) : .varint(Extremes.integer(&random))
        case .fixed64: .fixed64(Extremes.double(&random).bitPattern)
        case .fixed32: .fixed32(Float(Extremes.double(&random)).bitPattern)
        case .bytes(let content):
            switch random.below(3) {
            case 0: .bytes(ByteMutator.mutate(content, &random))
            default: .bytes(HostileText.bytes(&random))
            }
        case .message(let inner):
            random.oneIn(2) ? .bytes(ByteMutator.mutate(inner.encoded, &random)) : .message(.init())
        }
    }

    private static func field(_ random: inout FuzzRandom, depth: Int) -> WireFields.Field {
        // Low numbers are the usual ones.
        let number = 1 + random.below(random.oneIn(3) ? highestField : 16)
        return WireFields.Field(number: UInt64(number), value: value(&random, depth: depth))
    }

    private static func value(_ random: inout FuzzRandom, depth: Int) -> WireFields.Value {
        switch random.below(7) {
        case 0: return .varint(Extremes.integer(&random))
        case 1: return .varint(UInt64(random.below(12)))
        case 2: return .fixed64(Extremes.double(&random).bitPattern)
        case 3: return .fixed32(Float(Extremes.double(&random)).bitPattern)
        case 4 where depth < 6:
            return .message(WireFields((0..<random.below(5)).map { _ in field(&random, depth: depth + 1) }))
        case 5 where random.oneIn(6):
            // As deep as a message may be, and deeper.
            var nested = WireFields()
            for _ in 0..<random.pick([14, 17, 100, 2000]) {
                nested = WireFields([.init(number: 1, value: .bytes(nested.encoded))])
            }
            return .message(nested)
        default: return .bytes(HostileText.bytes(&random))
        }
    }
}
