import Calls

/// A broker, as programs see it: submit jobs, follow them, collect what they made. For Swift tasks; nothing here blocks
/// one of Swift's threads, and cancelling a task cancels what it waits for.
///
/// It connects by itself and again after a loss. A broker that is not there is UNAVAILABLE on the first call that needs
/// it. Throws `RPCError` throughout, whose message is a sentence for people.
public final class Client: Sendable {
    /// The broker of this machine.
    public static let defaultEndpoint = BrokerEndpoint.standard

    public struct Options: Sendable {
        /// How long a call may be without a broker before it fails UNAVAILABLE.
        public var patience: Duration
        /// For one call, tries included; streams have no limit.
        public var timeout: Duration
        /// Who connects, for people.
        public var name: String
        /// Told in a sentence when the broker falls silent and when it is back. Called on a thread of the client's: hand
        /// it on.
        public var onNotice: @Sendable (String) -> Void

        public init(
            patience: Duration = .seconds(3), timeout: Duration = .seconds(30), name: String = "GroveClient",
            onNotice: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            (self.patience, self.timeout, self.name, self.onNotice) = (patience, timeout, name, onNotice)
        }
    }

    public let endpoint: String
    let options: Options
    let connection: Connection

    /// - Throws: INVALID_ARGUMENT for an endpoint that is none, RESOURCE_EXHAUSTED when the system gives no thread.
    public init(_ endpoint: String = Client.defaultEndpoint, options: Options = Options()) throws(RPCError) {
        var hello = Grove_V1_Hello()
        hello.role = .client
        hello.name = options.name
        hello.software = "\(options.name) \(Software.version)"
        let notices = Notices(endpoint: endpoint, tell: options.onNotice)
        (self.endpoint, self.options) = (endpoint, options)
        connection = try Connection(
            endpoint: endpoint, hello: hello, options: .init(patience: options.patience), onEvent: notices.note)
    }

    /// Ends what is under way; later calls fail. Happens by itself when the last reference goes.
    public func close() { connection.close() }

    /// Waits for the broker.
    /// - Throws: UNAVAILABLE after `timeout`.
    public func waitUntilConnected(timeout: Duration) async throws(RPCError) {
        try await connection.waitUntilConnected(timeout: timeout)
    }

    public func health() async throws(RPCError) -> Health {
        try await call(Method.healthCheck, Grove_V1_HealthCheckRequest())
    }

    /// All workers that the broker has heard of lately.
    public func workers() async throws(RPCError) -> [WorkerInfo] {
        let response: Grove_V1_ListWorkersResponse = try await call(
            Method.workersList, Grove_V1_ListWorkersRequest())
        return response.workers
    }
}
