/// Changes a safetensors file: mostly its header, whose length is then made right again, so that what is inside is read.
enum SafetensorsMutator {
    static func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        guard let length = headerLength(input), !random.oneIn(10) else { return ByteMutator.mutate(input, &random) }
        var header = Array(input[8..<8 + length])
        var data = Array(input[(8 + length)...])
        if random.oneIn(6) { data = ByteMutator.mutate(data, &random) }
        if random.oneIn(4) { spoilValues(&data, &random) }
        if !random.oneIn(6) { header = TextMutator.mutate(header, &random) }
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
    }

    /// Weights that are no numbers, or too large.
    private static func spoilValues(_ data: inout [UInt8], _ random: inout FuzzRandom) {
        guard data.count >= 4 else { return }
        let value = Float(Extremes.double(&random)).bitPattern
        for _ in 0...random.below(8) {
            let place = random.below(data.count / 4) * 4
            withUnsafeBytes(of: value.littleEndian) { data.replaceSubrange(place..<place + 4, with: $0) }
        }
    }

    static func headerLength(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 8 else { return nil }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length <= UInt64(bytes.count - 8) ? Int(length) : nil
    }
}
