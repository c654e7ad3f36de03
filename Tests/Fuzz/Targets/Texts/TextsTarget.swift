import GroveClient
import Transport
import Wire

/// What people type: settings, arrays, sweeps, times, names, addresses.
struct TextsTarget: FuzzTarget {
    static let name = "texts"

    init(scratch: String) {}

    func seeds() -> [[UInt8]] {
        [
            "learning_rate=0.001", "leaves=10", "channel_multipliers=1,2,2", "preset=tiny", "augment_final=true",
            "epochs=5", "0-63%8", "learning_rate=0.001,0.0003", "1h30m", "90s", "forever", "19:00-07:00", "19:00",
            "2026-11-24 19:00", "+2h", "mnist@3", "500", "10m", "01m8khrgy25qtz", "tcp://127.0.0.1:7741",
            "ipc:///tmp/grove", "tcp://[::1]:*",
        ].map { Array($0.utf8) }
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        random.oneIn(3) ? ByteMutator.mutate(input, &random) : TextMutator.mutate(input, &random)
    }

    func run(_ input: [UInt8]) throws -> Int {
        let text = String(decoding: input, as: UTF8.self)
        var policy = Grove_V1_CheckpointPolicy()
        try refused(text) { _ = try SettingsText.tree([text, text]) }
        try refused(text) { _ = try SettingsText.diffusion([text]) }
        try refused(text) { _ = try SettingsText.classifier([text]) }
        try refused(text) { _ = try ArrayText.range(text) }
        try refused(text) { _ = try ArrayText.sweep(text) }
        try refused(text) { _ = try TermsText.keeping(text) }
        try refused(text) { _ = try TermsText.window(text) }
        try refused(text) { _ = try ArtifactRef.parse(text) }
        try refused(text) { _ = try JobID.parse(text) }
        try refused(text) { try policy.setEvery([text]) }
        try refused(text) { try policy.setSheetEvery(text) }
        for now in [0, 1_764_000_000_000, 7_258_118_400_000] as [Int64] {
            try refused(text) {
                var terms = Terms()
                try TermsText.start(text, of: &terms, nowMS: now)
            }
        }
        do {
            _ = try Endpoint(text).isLoopback
        } catch {
            try Violation.expect("\(error)".utf8.count <= 1000 + 4 * text.utf8.count, "a long refusal")
        }
        return 1
    }

    /// - Throws: `Violation` when it is refused otherwise than as wrong.
    private func refused(_ text: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as RPCError {
            try Violation.expect(error.code == .invalidArgument, "\(error.code) for a text that is wrong")
            try Violation.expect(
                error.message.utf8.count <= 1000 + 4 * text.utf8.count, "a refusal of \(error.message.utf8.count) bytes"
            )
        } catch {
            throw Violation("a text that is wrong has another error: \(error)")
        }
    }
}
