import Foundation
import JobStore

/// A directory of a test's own, gone with the value.
final class Scratch {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "grove-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("left behind: \(path) (\(error))")
        }
    }
}

/// A stand-in for SHA-256: four sums over the bytes and their places, 64 hexadecimal digits.
struct ToyHash: ContentHash {
    private var sums: [UInt64] = [1, 2, 3, 4]

    mutating func update(_ bytes: [UInt8]) {
        for byte in bytes {
            for index in sums.indices {
                sums[index] = (sums[index] &+ UInt64(byte) &+ 1) &* (0x9E37_79B9_7F4A_7C15 &+ UInt64(2 * index))
            }
        }
    }

    func hexDigest() -> String {
        sums.map { sum in
            let text = String(sum, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }

    static func of(_ bytes: [UInt8]) -> String {
        var hash = ToyHash()
        hash.update(bytes)
        return hash.hexDigest()
    }
}

extension NewJob {
    static func sample(_ id: String, priority: Int = 5, slot: Int = 1) -> NewJob {
        NewJob(id: id, kind: "sample", slot: slot, priority: priority, user: "ann", spec: Array("spec of \(id)".utf8))
    }
}

extension StoreTransaction {
    func claim(slot: Int = 1, worker: String = "w1", nowMS: Int64 = 2) throws -> Claim? {
        try claim(slot: slot, worker: worker, incarnation: [1, 2], nowMS: nowMS)
    }

    func release(_ attempt: AttemptKey, _ reason: ReleaseReason, nowMS: Int64 = 3) throws -> JobRecord? {
        try release(
            attempt, because: reason, maximumLosses: 5, lossFailure: FailureRecord(code: 14, message: "died"),
            cancelFailure: FailureRecord(code: 1, message: "cancelled"), nowMS: nowMS)
    }
}

let cancelled = FailureRecord(code: 1, message: "cancelled by its user")
