import Coverage
import Foundation
import Transport
import Wire

/// The process that handles inputs, and may die of one.
struct FuzzChild {
    let type: any FuzzTarget.Type
    let scratch: String
    private let target: any FuzzTarget
    private let journal: Journal

    static let journalName = "journal"
    static let reasonName = "reason"
    static let poolName = "pool"
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

    /// Makes inputs and handles them until the time is over.
    func fuzz(seed: UInt64, seconds: Double, corpus: [[UInt8]]) throws {
        let end = MonotonicClock.now + .seconds(seconds)
        var maker = try maker(seed: seed, corpus)
        // What those reach that there are is nothing new.
        if grove_coverage_edges() > 0 { try replay(target.seeds() + corpus) }
        while MonotonicClock.now < end {
            let input = maker.next()
            _ = grove_coverage_new()
            try handle(input)
            let isNew = grove_coverage_new() > 0
            if isNew { try keep(input) }
            maker.note(input, isNew: isNew)
        }
    }

    /// The hashes of the first inputs that a seed makes.
    func list(seed: UInt64, count: Int, corpus: [[UInt8]]) throws -> [String] {
        var maker = try maker(seed: seed, corpus)
        return (0..<count).map { _ in
            let input = maker.next()
            maker.note(input, isNew: false)
            return SHA256.hexDigest(of: input)
        }
    }

    /// Handles inputs as they are.
    func replay(_ inputs: [[UInt8]]) throws {
        for input in inputs { try handle(input) }
    }

    private func maker(seed: UInt64, _ corpus: [[UInt8]]) throws -> InputMaker {
        InputMaker(target, from: try target.seeds() + corpus, seed: seed)
    }

    /// The next child begins with this input too.
    private func keep(_ input: [UInt8]) throws {
        guard input.count <= InputMaker.largest else { return }
        let folder = scratch + "/" + Self.poolName
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(input).write(to: URL(fileURLWithPath: "\(folder)/\(SHA256.hexDigest(of: input).prefix(16))"))
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
