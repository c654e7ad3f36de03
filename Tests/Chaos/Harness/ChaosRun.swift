import Foundation
import QueueLoad
import Synchronization
import Transport

/// One run of one test: its seed, its folder, what it measured and what did not hold.
final class ChaosRun: Sendable {
    let seed: UInt64
    /// Whether this is the long form.
    let isFull: Bool
    let folder: URL
    let record = Recorder()
    private let findings = Mutex<[String]>([])
    private let figures = Mutex<[(name: String, value: String)]>([])
    private let random: Mutex<SeededRandom>

    init(_ number: Int, seed: UInt64, isFull: Bool, folder: URL) throws {
        (self.seed, self.isFull) = (seed, isFull)
        self.folder = folder.appending(path: "case-\(number)")
        random = Mutex(SeededRandom(seed: seed &+ UInt64(number)))
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    /// Where the broker with trained models is kept for all tests.
    var trained: URL { folder.deletingLastPathComponent().appending(path: "trained") }

    /// Notes that something does not hold; the test goes on.
    func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
        if !holds { findings.withLock { $0.append(otherwise()) } }
    }

    /// Notes a figure for the report.
    func figure(_ name: String, _ value: some CustomStringConvertible) {
        figures.withLock { $0.append((name, value.description)) }
    }

    /// Notes a time in milliseconds and what it must not exceed: far more than it takes, so that a machine which does
    /// other things too passes. What is promised of times is for `make bench`.
    func figure(_ name: String, ms value: Double, atMost limit: Double) {
        figure(name, String(format: "%.1f ms (at most %.0f)", value, limit))
        expect(value <= limit, "\(name): \(String(format: "%.1f", value)) ms, at most \(limit) are allowed")
    }

    var allFindings: [String] { findings.withLock { $0 } }
    var allFigures: [(name: String, value: String)] { figures.withLock { $0 } }

    func random(in range: ClosedRange<Int>) -> Int { random.withLock { Int.random(in: range, using: &$0) } }

    /// The small or the full number of something.
    func size(_ small: Int, full: Int) -> Int { isFull ? full : small }

    /// Waits until a condition holds.
    /// - Throws: `ChaosError` when it does not within the time, which only a broken broker needs.
    func wait(_ what: String, atMost time: Duration = .seconds(180), until isTrue: () throws -> Bool) throws {
        let end = MonotonicClock.now + time
        while try !isTrue() {
            guard MonotonicClock.now < end else { throw ChaosError("\(what) did not happen within \(time)") }
            Thread.sleep(forTimeInterval: 0.005)
        }
    }
}

/// Why a test could not go on.
struct ChaosError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// SplitMix64: the same seed gives the same test.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
