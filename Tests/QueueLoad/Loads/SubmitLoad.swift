import Foundation
import Transport
import Wire

/// Clients that submit one job after the other, each waiting for its acknowledgement.
package struct SubmitLoad {
    package private(set) var acknowledged = 0
    package private(set) var latencies: [Duration] = []
    package private(set) var elapsed = Duration.zero

    package var perSecond: Double { Double(acknowledged) / (elapsed / .seconds(1)) }

    /// Submits for so long.
    /// - Throws: the `RPCError` of a submit that was refused.
    package init(_ stand: QueueStand, clients: Int, for time: Duration) throws {
        let loop = PeerLoop()
        let peers = try (0..<clients).map { try stand.client("client \($0)") }
        for peer in peers { loop.add(peer) }
        let run = UUID().uuidString
        var number = 0
        func submit(_ peer: WirePeer) throws -> Duration {
            number += 1
            let start = MonotonicClock.now
            try peer.begin(Method.jobsSubmit, QueueStand.sample("\(run) \(number)"))
            return start
        }
        let start = MonotonicClock.now
        var begun = try peers.map(submit)
        try loop.run(until: { MonotonicClock.now - start >= time }) { index, message in
            guard message.type == .end else { return }
            _ = try WirePeer.response(message, as: Grove_V1_SubmitResponse.self)
            acknowledged += 1
            latencies.append(MonotonicClock.now - begun[index])
            begun[index] = try submit(peers[index])
        }
        elapsed = MonotonicClock.now - start
        for peer in peers { peer.close() }
    }
}
