import GroveClient
import TOMLKit
import Wire

/// The file of `grove submit`: its bounds, TOML, and the jobs that it makes.
struct ChainTarget: FuzzTarget {
    static let name = "chain"

    init(scratch: String) {}

    func seeds() -> [[UInt8]] {
        [
            """
            [tree]
            run = "train tree oak"
            data = "digits"
            set = { leaves = 10, learning_rate = 1e-3 }
            window = "19:00-07:00"

            [sharp]
            run = ["train", "diffusion", "oak-sharp"]
            after = ["tree"]
            checkpoint_every = [500, "10m"]
            augment = true
            begins = 2026-11-24T19:00:00Z
            """,
            "a.b.c = 1\n[[x]]\ny = '''z'''\n[t.\"u v\"]\nw = 0x7f_ff\n",
        ].map { Array($0.utf8) }
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var bytes = TextMutator.mutate(input, &random)
        if random.oneIn(12) {
            // As deep as a file can be, and deeper.
            let piece = random.pick(["a.", "[", "{a=", "[[a]]\n", "[a.a]\n", "(", "\"\"\"", "#"])
            let count = random.pick([10, 100, 300, 5000, 50_000])
            bytes.insert(contentsOf: Array(String(repeating: piece, count: count).utf8), at: random.below(bytes.count))
        }
        return bytes
    }

    func run(_ input: [UInt8]) throws -> Int {
        let text = String(decoding: input, as: UTF8.self)
        do {
            try TOMLBounds.check(text, of: "night.toml")
            let table = try TOMLTable(string: text)
            try Chain.check(count: table.count)
            let chain = try Chain(table.map { (key: $0.0, value: Self.value($0.1)) })
            try Violation.expect(!chain.steps.isEmpty, "a chain without jobs")
        } catch let error as RPCError {
            try Violation.expect(error.code == .invalidArgument, "\(error.code) for a file that is wrong")
        } catch let error as TOMLParseError {
            try Violation.expect(error.source.begin.line >= 0, "an error before the first line")
        }
        return 1
    }

    /// As the command reads it, but that a date is a word.
    private static func value(_ value: any TOMLValueConvertible) -> Chain.Value {
        if let text = value.string { return .word(text) }
        if let number = value.int { return .word("\(number)") }
        if let number = value.double { return .word("\(number)") }
        if let flag = value.bool { return .flag(flag) }
        if let table = value.table { return .table(table.map { (key: $0.0, value: Self.value($0.1)) }) }
        guard let array = value.array else { return .word(value.debugDescription) }
        return .list(array.map { Self.value($0) })
    }
}
