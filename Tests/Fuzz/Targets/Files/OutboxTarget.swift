import Foundation
import Wire
import WorkerCore

/// Outcomes that a worker finds on its disk when it starts.
struct OutboxTarget: FuzzTarget {
    static let name = "outbox"

    private let folder: URL
    private static let key = "01m8khrgy25qtz-1"

    init(scratch: String) { folder = URL(fileURLWithPath: scratch + "/outbox") }

    func seeds() throws -> [[UInt8]] {
        var attempt = Grove_V1_AttemptId()
        (attempt.jobID, attempt.attempt) = ("01m8khrgy25qtz", 1)
        let products = JobProducts(
            files: [.init(name: "a.png", mediaType: "image/png", bytes: [1, 2, 3])],
            artifacts: [.init(name: "t", kind: .tree, facts: .init(), bytes: [4, 5])])
        return [
            JobOutcome.succeeded(products), .failed(RPCError(.internal, "it broke")), .interrupted(reason: "stopped"),
        ].map { outcome in
            let parcel = Parcel(attempt, [1], outcome)
            return Pieces([Array(parcel.key.utf8), encode(parcel.request), [1, 2, 3, 4, 5]]).bytes
        }
    }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        var pieces = Pieces(input: input)
        pieces.mutate(&random) { $1.oneIn(3) ? ByteMutator.mutate($0, &$1) : WireMutator.mutate($0, &$1) }
        return pieces.bytes
    }

    func run(_ input: [UInt8]) throws -> Int {
        let pieces = Pieces(input: input).list
        let key = pieces.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let parcel = folder.appending(path: Self.isFileName(key) ? key : Self.key)
        if FileManager.default.fileExists(atPath: folder.path) { try FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: parcel, withIntermediateDirectories: true)
        for (name, bytes) in zip(["completion", "blobs", "more"], pieces.dropFirst()) {
            try Data(bytes).write(to: parcel.appending(path: name))
        }
        let outbox = try Outbox(directory: folder)
        for key in try outbox.waiting() {
            do {
                let parcel = try outbox.parcel(key)
                try outbox.put(parcel)
            } catch {
                try Violation.expect(
                    "\(error)".utf8.count <= 8000 + 4 * input.count, "a refusal of \("\(error)".utf8.count) bytes")
            }
            try outbox.remove(key)
        }
        return 1
    }

    private static func isFileName(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && !text.contains("/") && !text.contains("\0") && text != "."
            && text != ".."
    }
}
