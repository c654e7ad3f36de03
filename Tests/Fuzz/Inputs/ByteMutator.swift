/// Changes bytes of which nothing is known.
enum ByteMutator {
    static func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var bytes = input
        for _ in 0...random.below(random.oneIn(5) ? 16 : 3) where bytes.count <= InputMaker.longest {
            change(&bytes, &random)
        }
        return bytes
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let place = random.below(bytes.count)
        switch random.below(10) {
        case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1 where !bytes.isEmpty: bytes[place] = random.pick([0, 1, 0x7f, 0x80, 0xff, UInt8(random.below(256))])
        case 2: bytes.insert(contentsOf: random.bytes(random.length(64)), at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.length(bytes.count)))
        case 4: bytes = Array(bytes.prefix(place))
        case 5: overwrite(&bytes, at: place, with: number(&random))
        case 6: bytes.insert(contentsOf: HostileText.bytes(&random), at: place)
        case 7:
            let piece = Array(bytes[place..<min(bytes.count, place + 1 + random.length(200))])
            for _ in 0...random.below(random.oneIn(20) ? 200 : 3) { bytes.insert(contentsOf: piece, at: place) }
        case 8: digits(&bytes, &random)
        default:
            let source = random.below(bytes.count)
            overwrite(&bytes, at: place, with: Array(bytes[source..<min(bytes.count, source + 1 + random.below(16))]))
        }
    }

    private static func overwrite(_ bytes: inout [UInt8], at place: Int, with piece: [UInt8]) {
        for (offset, byte) in piece.enumerated() where place + offset < bytes.count { bytes[place + offset] = byte }
    }

    /// A number at the end of a range, in one of the forms in which files hold numbers.
    private static func number(_ random: inout FuzzRandom) -> [UInt8] {
        let value = Extremes.integer(&random)
        let bytes = withUnsafeBytes(of: value.littleEndian) { Array($0) }
        let piece = Array(bytes.prefix(random.pick([1, 2, 4, 8])))
        return random.oneIn(2) ? piece : piece.reversed()
    }

    /// Puts another number in the place of one that is written in digits.
    private static func digits(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let starts = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1])) }
        guard !starts.isEmpty else { return }
        let start = random.pick(starts)
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
        bytes.replaceSubrange(start..<end, with: Array(Extremes.decimal(&random).utf8))
    }
}

/// Numbers at the ends of ranges.
enum Extremes {
    static func integer(_ random: inout FuzzRandom) -> UInt64 {
        switch random.below(4) {
        case 0: UInt64(random.below(20))
        case 1: random.next() >> UInt64(random.below(64))
        case 2: (1 << UInt64(random.below(64))) &+ UInt64(random.below(3)) &- 1
        default:
            random.pick([
                0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 53, .max >> 1, .max >> 1 + 1, .max - 1, .max,
            ])
        }
    }

    static func double(_ random: inout FuzzRandom) -> Double {
        random.oneIn(4)
            ? Double(bitPattern: random.next())
            : random.pick([
                0, -0.0, 1, -1, 0.5, 1e-30, 1e18, 1e19, 9.3e18, 1e300, -1e300, 5e-308, .nan, -.nan, .infinity,
                -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            ])
    }

    /// As JSON, TOML or a person may write it.
    static func decimal(_ random: inout FuzzRandom) -> String {
        switch random.below(5) {
        case 0: "\(integer(&random))"
        case 1: "-\(integer(&random))"
        case 2: "\(double(&random))"
        case 3: "\(Int64(truncatingIfNeeded: integer(&random)))"
        default: random.pick(["0", "1", "-1", "1e999", "1.5", "18446744073709551616", "00", "", "1e3", "0.1"])
        }
    }
}
