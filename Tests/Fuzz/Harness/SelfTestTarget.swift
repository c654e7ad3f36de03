/// What the fuzzer is tried on: it breaks when it is told to. Only by name, never in a campaign.
struct SelfTestTarget: FuzzTarget {
    static let name = "selftest"
    static let memory = 32 << 20

    init(scratch: String) {}

    func seeds() -> [[UInt8]] { [Array("well".utf8)] }

    func run(_ input: [UInt8]) throws -> Int {
        switch String(decoding: input, as: UTF8.self) {
        case "trap": preconditionFailure("a trap, as it was told")
        case "violation": throw Violation("what was told does not hold")
        case "memory": return [UInt8](repeating: 1, count: 256 << 20).count
        default: return 1
        }
    }
}
