/// Follows readers of blobs: one that is read from its start to its end is checked against its name on the way.
struct ReadCheck {
    private struct Reading {
        let sha256: String
        var offset: Int64
        var hash: any ContentHash
    }

    private let makeHash: () -> any ContentHash
    /// The one that went on last at the end.
    private var readings: [Reading] = []

    private static let most = 64

    init(hash: @escaping () -> any ContentHash) {
        makeHash = hash
    }

    /// A piece was read.
    /// - Returns: what the whole hashes to, after its last piece; `nil` when that is not known.
    mutating func read(_ sha256: String, offset: Int64, _ bytes: [UInt8], size: Int64) -> String? {
        var reading: Reading
        if offset == 0 {
            reading = Reading(sha256: sha256, offset: 0, hash: makeHash())
        } else if let index = readings.lastIndex(where: { $0.sha256 == sha256 && $0.offset == offset }) {
            reading = readings.remove(at: index)
        } else {
            return nil
        }
        reading.hash.update(bytes)
        reading.offset += Int64(bytes.count)
        guard reading.offset < size else { return reading.hash.hexDigest() }
        if readings.count == Self.most { readings.removeFirst() }
        readings.append(reading)
        return nil
    }
}
