internal import GRDB

/// Whether the queue ("") and workers, by name, are held back. What a gate's number means is not known here.
extension StoreTransaction {
    /// Those that are not open.
    package func gates() throws -> [String: Int] {
        try rows("SELECT worker, gate FROM gate").reduce(into: [:]) { $0[$1["worker"]] = $1["gate"] }
    }

    /// - Parameter gate: `nil` opens it.
    package func setGate(_ worker: String, _ gate: Int?) throws {
        if let gate {
            try run("INSERT OR REPLACE INTO gate (worker, gate) VALUES (?, ?)", [worker, gate])
        } else {
            try run("DELETE FROM gate WHERE worker = ?", [worker])
        }
    }
}
