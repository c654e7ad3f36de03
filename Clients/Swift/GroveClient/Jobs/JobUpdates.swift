import Calls

/// A job as it is now, and then as it becomes, up to its end. For one reader.
///
/// Goes on through restarts of the broker: then the job comes once more as it is.
public struct JobUpdates: AsyncSequence, Sendable {
    let client: Client
    let id: String

    public struct AsyncIterator: AsyncIteratorProtocol {
        let client: Client
        let id: String
        private var stream: MessageStream<Grove_V1_JobEvent>.AsyncIterator?
        private var hasEnded = false
        private var hasSeenAny = false

        init(client: Client, id: String) {
            (self.client, self.id) = (client, id)
        }

        /// - Throws: NOT_FOUND, or what else ends the call; CANCELLED when the task was.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Job? {
            while !hasEnded {
                guard JobID(id) != nil else { throw Client.noJob(id) }
                let stream = stream ?? begin()
                self.stream = stream
                do throws(RPCError) {
                    if let event = try await stream.next(isolation: actor) {
                        hasSeenAny = true
                        hasEnded = event.job.state.isTerminal
                        return event.job
                    }
                    // A stream that ends before the job does is begun anew.
                    self.stream = nil
                    try await Pause.brief()
                } catch {
                    self.stream = nil
                    if error.code == .notFound { throw Client.noJob(id) }
                    // Once it has been seen, only its end, or the reader's, is an end.
                    guard error.code == .unavailable, hasSeenAny else { throw error }
                    try await Pause.brief()
                }
            }
            return nil
        }

        private func begin() -> MessageStream<Grove_V1_JobEvent>.AsyncIterator {
            var request = Grove_V1_WatchJobRequest()
            request.jobID = id
            let patience: Duration?? = hasSeenAny ? .some(nil) : .none
            return client.connection.stream(
                Method.jobsWatch, request, returning: Grove_V1_JobEvent.self, patience: patience
            ).makeAsyncIterator()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, id: id) }
}

enum Pause {
    /// Between a stream that ended and the next.
    static func brief() async throws(RPCError) {
        do {
            try await Task.sleep(for: .milliseconds(200))
        } catch {
            throw RPCError(.cancelled, "the task was cancelled")
        }
    }
}

extension Client {
    /// Follows a job up to its end.
    public func watch(_ id: String) -> JobUpdates { JobUpdates(client: self, id: id) }
}
