/// Several byte strings in one input, each after its length. Any bytes are some list of pieces.
struct Pieces {
    var list: [[UInt8]]

    init(_ list: [[UInt8]]) { self.list = list }

    init(input: [UInt8]) {
        list = []
        var rest = input[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            list.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
    }

    var bytes: [UInt8] {
        list.flatMap { piece in withUnsafeBytes(of: UInt32(piece.count).littleEndian) { Array($0) } + piece }
    }

    /// Changes one piece, or the list.
    mutating func mutate(
        _ random: inout FuzzRandom, piece change: ([UInt8], inout FuzzRandom) -> [UInt8] = ByteMutator.mutate
    ) {
        let place = random.below(list.count)
        guard !list.isEmpty else { return list.append(HostileText.bytes(&random)) }
        switch random.below(8) {
        case 0: list.remove(at: place)
        case 1: list.insert(list[place], at: random.below(list.count + 1))
        case 2: list.insert(HostileText.bytes(&random), at: place)
        case 3: list.swapAt(place, random.below(list.count))
        default: list[place] = change(list[place], &random)
        }
    }
}
