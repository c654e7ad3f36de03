import Models
import Synchronization
import Wire

/// Loaded models and datasets, kept in memory so that a second job on the same model starts at once.
///
/// The least recently used go when all together are larger than `capacity`. What is handed out is read-only: a training
/// job builds its own copy of what it changes.
package final class ModelCache: Sendable {
    private struct Entry {
        var value: any Sendable
        var bytes: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses: UInt64 = 0
    }

    private let blobs: BlobCache
    private let capacity: Int
    private let state = Mutex(State())

    package init(blobs: BlobCache, capacity: Int) {
        self.blobs = blobs
        self.capacity = capacity
    }

    /// The hashes of what is in memory.
    var loaded: [String] {
        state.withLock { state in state.entries.keys.map { String($0.prefix { $0 != " " }) } }
    }

    /// The value made from an artifact's bytes, from memory where it is there.
    func load<Value: Sendable>(
        _ artifact: Grove_V1_ArtifactRef, make: ([UInt8]) throws -> Value
    ) throws -> Value {
        let key = "\(artifact.sha256) \(Value.self)"
        let cached = state.withLock { state -> (any Sendable)? in
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return state.entries[key]?.value
        }
        if let value = cached as? Value { return value }
        let bytes = try blobs.bytes(sha256: artifact.sha256, size: artifact.size)
        let value = try make(bytes)
        keep(value, bytes: bytes.count, under: key)
        return value
    }

    private func keep(_ value: some Sendable, bytes: Int, under key: String) {
        state.withLock { state in
            state.uses += 1
            state.entries[key] = Entry(value: value, bytes: bytes, lastUse: state.uses)
            var total = state.entries.values.map(\.bytes).reduce(0, +)
            for (oldKey, old) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                if total <= capacity || oldKey == key { return }
                state.entries.removeValue(forKey: oldKey)
                total -= old.bytes
            }
        }
    }
}
