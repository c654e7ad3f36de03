/// Changes texts such as JSON, TOML and what people type: numbers, quoted strings and members, else bytes.
enum TextMutator {
    static func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var bytes = input
        for _ in 0...random.below(3) where bytes.count <= InputMaker.longest { change(&bytes, &random) }
        return bytes
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        switch random.below(5) {
        case 0: bytes = ByteMutator.mutate(bytes, &random)
        case 1: replaceString(&bytes, &random)
        case 2: moveMember(&bytes, &random)
        default: replaceNumber(&bytes, &random)
        }
    }

    private static func replaceNumber(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let numbers = runs(of: bytes) { (0x30...0x39).contains($0) || [0x2d, 0x2e, 0x2b].contains($0) }
        guard !numbers.isEmpty else { return }
        bytes.replaceSubrange(random.pick(numbers), with: Array(Extremes.decimal(&random).utf8))
    }

    /// Another string of the same text, or a hostile one.
    private static func replaceString(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let strings = runs(of: bytes) { $0 != UInt8(ascii: "\"") && $0 >= 0x20 }
        guard !strings.isEmpty else { return }
        let place = random.pick(strings)
        let other = random.oneIn(2) ? Array(bytes[random.pick(strings)]) : HostileText.bytes(&random)
        switch random.below(3) {
        case 0: bytes.insert(contentsOf: other, at: place.lowerBound + random.below(place.count))
        default: bytes.replaceSubrange(place, with: other)
        }
    }

    /// Takes what stands between commas, and puts it elsewhere or away.
    private static func moveMember(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let members = runs(of: bytes) { $0 != UInt8(ascii: ",") }
        guard members.count > 1 else { return }
        let (place, source) = (random.pick(members), random.pick(members))
        let piece = Array(bytes[source])
        switch random.below(3) {
        case 0: bytes.removeSubrange(place.lowerBound..<min(bytes.count, place.upperBound + 1))
        case 1: bytes.replaceSubrange(place, with: piece)
        default: bytes.insert(contentsOf: piece + [UInt8(ascii: ",")], at: place.lowerBound)
        }
    }

    private static func runs(of bytes: [UInt8], _ isPart: (UInt8) -> Bool) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            if isPart(byte) {
                start = start ?? index
            } else if let first = start {
                runs.append(first..<index)
                start = nil
            }
        }
        if let start { runs.append(start..<bytes.count) }
        return runs
    }
}
