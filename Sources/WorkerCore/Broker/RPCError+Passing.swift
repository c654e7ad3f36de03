import Wire

extension RPCError {
    /// Whether the broker was only away, slow or stopping: not the fault of what was asked.
    var meansBrokerAway: Bool {
        switch code {
        // CANCELLED is what calls end with when this worker closes its connection.
        case .unavailable, .deadlineExceeded, .cancelled: true
        default: false
        }
    }

    /// Whether an outcome that was refused so should be offered again: the broker was away, its disk was full, or the
    /// blobs that were uploaded before are gone and go up once more with the next try.
    var isPassing: Bool {
        switch code {
        case .resourceExhausted, .failedPrecondition, .dataLoss: true
        default: meansBrokerAway
        }
    }
}
