import Transport
import Wire

/// Peers that ask for pieces of a blob and read none of the answers, beside a client that makes ordinary calls.
package struct GreedyLoad {
    /// The broker's resident bytes, before and at most.
    package let before: Int
    package private(set) var peak: Int
    /// Of the ordinary calls.
    package private(set) var latencies: [Duration] = []

    package init(_ stand: QueueStand, peers count: Int, requests: Int) throws {
        let client = try stand.client("ordinary")
        let piece = (0..<Limits.chunkBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size) = (SHA256.hexDigest(of: piece), UInt64(piece.count))
        _ = try client.call(Method.blobsPut, put, returning: Grove_V1_BlobStatus.self, bulk: piece)
        var read = Grove_V1_ReadBlobRequest()
        read.sha256 = put.sha256
        before = try stand.broker.residentBytes()
        peak = before
        // What they do not read must not find room at their own end either.
        var options = SocketOptions()
        options.receiveHighWater = 1
        let greedy = try (0..<count).map { try stand.client("greedy \($0)", options: options) }
        for round in 0..<(requests + 50) {
            if round < requests { for peer in greedy { try peer.begin(Method.blobsRead, read) } }
            guard round % 10 == 0 || round >= requests else { continue }
            let start = MonotonicClock.now
            _ = try client.call(
                Method.healthCheck, Grove_V1_HealthCheckRequest(), returning: Grove_V1_HealthCheckResponse.self)
            latencies.append(MonotonicClock.now - start)
            peak = max(peak, try stand.broker.residentBytes())
        }
        for peer in greedy + [client] { peer.close() }
    }
}
