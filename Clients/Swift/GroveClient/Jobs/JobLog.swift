import Calls

/// The lines that a job has logged, each once and in order. For one reader.
public struct JobLog: AsyncSequence, Sendable {
    let client: Client
    let id: String
    let from: UInt64
    let follow: Bool

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let id: String
        private let stream: MessageStream<LogLine>.AsyncIterator
        private var due: UInt64

        init(_ log: JobLog) {
            var request = Grove_V1_LogsRequest()
            request.jobID = log.id
            request.from = log.from
            request.follow = log.follow
            (id, due) = (log.id, log.from)
            stream = log.client.connection.stream(
                Method.jobsLogs, request, returning: LogLine.self, patience: log.follow ? .some(nil) : .none
            ).makeAsyncIterator()
        }

        /// - Throws: NOT_FOUND, or what else ends the call; CANCELLED when the task was.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> LogLine? {
            guard JobID(id) != nil else { throw Client.noJob(id) }
            do throws(RPCError) {
                while let line = try await stream.next(isolation: actor) {
                    // After a new session the stream begins at its beginning.
                    guard line.number >= due else { continue }
                    due = line.number &+ 1
                    return line
                }
                return nil
            } catch {
                throw error.code == .notFound ? Client.noJob(id) : error
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension Client {
    /// Lines of a job's log.
    ///
    /// - Parameters:
    ///   - from: the number of the first line wanted; the oldest may be gone.
    ///   - follow: whether to wait for more until the job has ended.
    public func logs(_ id: String, from: UInt64 = 0, follow: Bool = false) -> JobLog {
        JobLog(client: self, id: id, from: from, follow: follow)
    }
}
