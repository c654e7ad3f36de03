import Calls
import Foundation
import QueueLoad
import Transport
import Wire

extension ChaosCase {
    /// Whoever sends too much hurts himself.
    static let hugeInput = ChaosCase(
        7, "huge input",
        "Frames above the limit, messages of very many frames, metadata of a mebibyte, and clients that all send the largest "
            + "message at once; a large blob whose upload is cut again and again. The broker's memory stays bounded, others are "
            + "answered, what can be parsed is refused in words, and the blob arrives whole."
    ) { run in
        let stand = try QueueStand()
        try stand.makeTree()
        let healthy = try stand.client()
        let before = try stand.broker.residentBytes()
        try oversized(stand, run)
        var latencies: [Duration] = []
        let senders = try (0..<run.size(40, full: 1000)).map { try stand.client("sender \($0)") }
        var largest = QueueStand.sample("large")
        largest.spec.sample.tree.name = String(repeating: "x", count: Limits.frameBytes - 2000)
        for round in 0..<3 {
            for sender in senders { try sender.begin(Method.jobsSubmit, largest) }
            for number in 0..<10 {
                let start = MonotonicClock.now
                _ = try healthy.call(
                    Method.jobsSubmit, QueueStand.sample("\(round) \(number)"),
                    returning: Grove_V1_SubmitResponse.self)
                latencies.append(MonotonicClock.now - start)
            }
        }
        for sender in senders { sender.close() }
        run.figure("a healthy client's p99", ms: latencies.percentileMS(0.99), atMost: 20_000)
        try upload(stand, run)
        let after = try stand.broker.residentBytes()
        run.figure("broker's memory", "\(before >> 20) MiB, then \(after >> 20) MiB")
        run.expect(after < 300 << 20, "the broker has \(after >> 20) MiB, at most 300 are allowed")
        try Checker(run: run, peer: stand.client()).check(areAllDone: false)
    }

    private static func oversized(_ stand: QueueStand, _ run: ChaosRun) throws {
        // A frame above the limit costs its sender the connection, so each has one of its own.
        let frames: [[[UInt8]]] = [
            [[UInt8](repeating: 1, count: 3 << 20)],
            [[UInt8]](repeating: [1], count: run.size(100_000, full: 1_000_000)),
        ]
        for message in frames {
            let peer = try stand.client("too much")
            try peer.send(frames: message)
            peer.close()
        }
        let peer = try stand.client("metadata")
        defer { peer.close() }
        var head = Grove_V1_RequestHead()
        head.method = Method.healthCheck
        head.metadata = ["key": String(repeating: "x", count: Limits.frameBytes - 100)]
        let message = WireMessage(.request, callID: .random(), envelope: encode(head))
        try peer.send(message)
        let answer = try peer.answer(to: message.callID)
        let status = try answer.map { try decode(Grove_V1_Status.self, from: $0.envelope, what: "the status") }
        run.expect(
            status?.code == StatusCode.invalidArgument.rawValue,
            "metadata of a mebibyte: \(status?.message ?? "nothing")")
    }

    /// A blob whose way is cut again and again arrives whole.
    private static func upload(_ stand: QueueStand, _ run: ChaosRun) throws {
        let proxy = try TCPProxy(to: stand.broker.endpoint, seed: run.seed)
        defer { proxy.close() }
        var bytes = [UInt8](repeating: 0, count: run.size(24, full: 2048) << 20)
        for index in stride(from: 0, to: bytes.count, by: 997) { bytes[index] = UInt8(truncatingIfNeeded: index >> 8) }
        let client = try stand.connection(proxy.endpoint)
        // Each piece of 256 KiB is answered: one cut in ten of them, in the full form in a hundred.
        proxy.set(.cutReplies(percent: run.size(10, full: 1)))
        let name = try BlobTransfer(client).upload(bytes)
        proxy.set(.forward)
        run.figure("uploaded", "\(bytes.count >> 20) MiB over \(proxy.cutCount) cuts")
        let back = try BlobTransfer(client).download(name)
        run.expect(back == bytes, "the blob that comes back is not the one that went up")
    }
}
