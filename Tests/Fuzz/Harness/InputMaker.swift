/// Makes inputs, each from others: from what there was at the beginning, and from some of what came of it.
struct InputMaker {
    private let target: any FuzzTarget
    private var random: FuzzRandom
    private var first: [[UInt8]]
    private var later: [[UInt8]] = []

    /// How many mutated inputs are kept, and of what size at most.
    private static let most = 200
    static let largest = 256 << 10
    /// Mutations that double an input again and again stop here.
    static let longest = 8 << 20

    init(_ target: any FuzzTarget, from inputs: [[UInt8]], seed: UInt64) {
        self.target = target
        random = FuzzRandom(seed: seed)
        first = inputs.isEmpty ? [[]] : inputs
    }

    mutating func next() -> [UInt8] {
        var input = later.isEmpty || random.oneIn(2) ? random.pick(first) : random.pick(later)
        for _ in 0...random.below(3) {
            input = target.mutate(input, &random)
            if input.count > Self.longest { input.removeLast(input.count - Self.longest) }
        }
        return input
    }

    /// Keeps an input that came where none was before for good, and some of the others for a while: mutations of
    /// mutations get further away.
    mutating func note(_ input: [UInt8], isNew: Bool) {
        guard input.count <= Self.largest else { return }
        if isNew {
            first.append(input)
        } else if later.count < Self.most {
            later.append(input)
        } else if random.oneIn(8) {
            later[random.below(Self.most)] = input
        }
    }
}
