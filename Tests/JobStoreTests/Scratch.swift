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
    /// Keeps a job and queues it at once.
    func submit(_ job: NewJob, idempotency: (key: String, digest: [UInt8])? = nil, nowMS: Int64) throws {
        try queue(insert(job, idempotency: idempotency, nowMS: nowMS), readyMS: nowMS)
    }

    private func queue(_ job: JobRecord, readyMS: Int64) throws {
        let lane = LaneKey(slot: job.slot, priority: job.priority, user: job.user, kind: job.kind)
        try enqueue(job, lane: lane, readyMS: readyMS)
    }

    /// The oldest job of the highest priority.
    func claim(slot: Int = 1, worker: String = "w1", nowMS: Int64 = 2) throws -> Claim? {
        let lane = try lanes().filter { $0.key.slot == slot }.max { $0.key.priority < $1.key.priority }
        guard let lane else { return nil }
        return try claim(lane: lane.number, worker: worker, incarnation: [1, 2], nowMS: nowMS)
    }

    /// Ends an attempt and queues its job again.
    func giveBack(_ attempt: AttemptKey, _ reason: ReleaseReason, nowMS: Int64 = 3) throws -> JobRecord? {
        let job = try release(attempt, because: reason, nowMS: nowMS)
        if let job { try queue(job, readyMS: nowMS) }
        return job
    }
}

let cancelled = FailureRecord(code: 1, message: "cancelled by its user")
