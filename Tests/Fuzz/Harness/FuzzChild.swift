import Foundation
import Transport

/// The process that handles inputs, and may die of one.
struct FuzzChild {
    let type: any FuzzTarget.Type
    let scratch: String
    private let target: any FuzzTarget
    private let journal: Journal

    static let journalName = "journal"
    static let reasonName = "reason"
    /// The exit code when something does not hold; any other than 0 is a trap.
    static let violationCode: Int32 = 66

    init(_ type: any FuzzTarget.Type, scratch: String) throws {
        (self.type, self.scratch) = (type, scratch)
        try ProcessLimits.set()
        let work = scratch + "/work"
        if FileManager.default.fileExists(atPath: work) { try FileManager.default.removeItem(atPath: work) }
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        target = try type.init(scratch: work)
        journal = try Journal(path: scratch + "/" + Self.journalName)
    }

    /// Makes inputs and handles them, for so long.
    func fuzz(seed: UInt64, seconds: Double, corpus: [[UInt8]]) throws {
        let end = MonotonicClock.now + .seconds(seconds)
        var random = FuzzRandom(seed: seed)
        var pool = InputPool(try target.seeds() + corpus)
        while MonotonicClock.now < end {
            var input = pool.pick(&random)
            for _ in 0...random.below(3) { input = target.mutate(input, &random) }
            try handle(input)
            pool.add(input, &random)
        }
    }

    /// Handles inputs as they are.
    func replay(_ inputs: [[UInt8]]) throws {
        for input in inputs { try handle(input) }
    }

    private func handle(_ input: [UInt8]) throws {
        try journal.begin(input)
        do {
            try ProcessLimits.startClock()
            let before = ProcessLimits.peakMemory
            let pieces = try target.run(input)
            let growth = ProcessLimits.peakMemory - before
            try Violation.expect(
                growth <= type.memory + 64 * input.count,
                "an input of \(input.count) bytes took \(growth >> 20) MiB of memory")
            try journal.end(pieces: pieces)
        } catch {
            try Data("\(error)".utf8).write(to: URL(fileURLWithPath: scratch + "/" + Self.reasonName))
            exit(Self.violationCode)
        }
    }
}

/// The inputs that others are made from: what there was at the beginning, and some of what came of it.
struct InputPool {
    private let first: [[UInt8]]
    private var later: [[UInt8]] = []

    private static let most = 200
    private static let largest = 256 << 10

    init(_ inputs: [[UInt8]]) { first = inputs.isEmpty ? [[]] : inputs }

    func pick(_ random: inout FuzzRandom) -> [UInt8] {
        later.isEmpty || random.oneIn(2) ? random.pick(first) : random.pick(later)
    }

    /// Mutations of mutations get further away, so some of them are kept for a while.
    mutating func add(_ input: [UInt8], _ random: inout FuzzRandom) {
        guard input.count <= Self.largest, random.oneIn(8) else { return }
        if later.count < Self.most {
            later.append(input)
        } else {
            later[random.below(Self.most)] = input
        }
    }
}
