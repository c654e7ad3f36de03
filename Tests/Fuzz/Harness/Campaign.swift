import Foundation
import Transport

/// The parent: gives every target its time, and goes on after a child that died.
struct Campaign {
    let types: [any FuzzTarget.Type]
    let seed: UInt64
    let seconds: Double
    let corpus: String
    let findings: String
    let scratch: String

    /// Seconds that a child is at a target before the next one's turn.
    private static let longestSlice = 20.0
    /// A target that dies again and again is left alone.
    private static let mostDeaths = 30

    struct Count {
        var inputs = 0
        var pieces = 0
        var seconds = 0.0
        var deaths = 0
        var findings: [Finding] = []
    }

    func run(_ say: (String) -> Void) throws -> [(name: String, count: Count)] {
        var counts = types.map { ($0.name, Count()) }
        let end = MonotonicClock.now + .seconds(seconds)
        let slice = min(Self.longestSlice, max(1, seconds / Double(types.count)))
        var random = FuzzRandom(seed: seed)
        while MonotonicClock.now < end, counts.contains(where: { $0.1.deaths < Self.mostDeaths }) {
            for index in types.indices where counts[index].1.deaths < Self.mostDeaths && MonotonicClock.now < end {
                let left = (end - MonotonicClock.now) / .seconds(1)
                let child = child(types[index])
                let start = MonotonicClock.now
                let ending = try child.fuzz(seed: random.next(), seconds: min(slice, left))
                let entry = try child.journal
                counts[index].1.seconds += (MonotonicClock.now - start) / .seconds(1)
                counts[index].1.inputs += entry.inputs
                counts[index].1.pieces += entry.pieces
                guard ending != .well else { continue }
                guard entry.isHandling else { throw Violation("the fuzzer died while it made an input: \(ending)") }
                counts[index].1.deaths += 1
                try note(child, entry.input, ending, &counts[index].1, say)
            }
        }
        return counts
    }

    private func child(_ type: any FuzzTarget.Type) -> ChildProcess {
        ChildProcess(type: type, scratch: scratch + "/" + type.name, corpus: corpus + "/" + type.name)
    }

    private func note(
        _ child: ChildProcess, _ input: [UInt8], _ ending: ChildProcess.Ending, _ count: inout Count,
        _ say: (String) -> Void
    ) throws {
        let finding = try Finding(child, input, ending)
        guard !count.findings.contains(where: { $0.place == finding.place }) else { return }
        let smaller = try finding.minimised(child)
        count.findings.append(smaller)
        say("\(child.type.name): \(smaller.reason)\n  \(smaller.place)\n  \(try smaller.save(in: findings))")
    }

    /// Handles the inputs that are kept, each target's in one child.
    /// - Returns: the reasons why it does not hold.
    func replay(_ say: (String) -> Void) throws -> [String] {
        var failures: [String] = []
        for type in types {
            let files = try Corpus.files(in: corpus + "/" + type.name)
            guard !files.isEmpty else { continue }
            let child = child(type)
            switch try child.replay(files: files) {
            case .well: say("\(type.name): \(files.count) inputs hold")
            case .violation(let reason), .trap(let reason):
                let at = try child.journal.inputs
                let file = files.indices.contains(at - 1) ? files[at - 1] : "before the first input"
                failures.append("\(type.name): \(file): \(reason)")
            }
        }
        return failures
    }
}
