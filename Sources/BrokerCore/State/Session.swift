import Wire

/// What is known of a peer since its HELLO.
struct Session: Hashable, Sendable {
    let role: Grove_V1_Role
    let name: String
    /// Set for workers.
    let worker: Grove_V1_WorkerDescription?
    /// On the monotonic clock.
    var lastHeard: Duration
    /// Whether the same start of the same worker has said HELLO on another connection since this one was last heard: most
    /// likely this one is gone, and the broker has not noticed yet.
    var isSuperseded = false
    /// When the broker's log last told of this connection, on the monotonic clock.
    var notedAt: Duration?

    /// - Throws: `RPCError` when the peer cannot be served.
    init(_ hello: Grove_V1_Hello, now: Duration) throws(RPCError) {
        let version = UInt32(WireMessage.version)
        guard hello.oldestVersion <= version, version <= hello.newestVersion else {
            throw RPCError(
                .failedPrecondition,
                "this broker speaks protocol version \(version), the peer \(hello.oldestVersion) to "
                    + "\(hello.newestVersion); use programs of the same release")
        }
        guard Self.isName(hello.name), hello.software.utf8.count <= Limits.nameBytes,
            hello.software.isSafeName
        else {
            throw RPCError(
                .invalidArgument, "a peer's name and software have 1 to \(Limits.nameBytes) printable bytes")
        }
        switch hello.role {
        case .client: worker = nil
        case .worker: worker = try Self.checked(hello.worker)
        case .unspecified, .UNRECOGNIZED:
            throw RPCError(.invalidArgument, "HELLO must give the role, ROLE_CLIENT or ROLE_WORKER")
        }
        role = hello.role
        name = hello.name
        lastHeard = now
    }

    private static func checked(
        _ worker: Grove_V1_WorkerDescription
    ) throws(RPCError) -> Grove_V1_WorkerDescription {
        guard isName(worker.name) else {
            throw RPCError(.invalidArgument, "a worker's name has 1 to \(Limits.nameBytes) printable bytes")
        }
        guard (1...64).contains(worker.incarnation.count) else {
            throw RPCError(.invalidArgument, "a worker's incarnation is 1 to 64 random bytes")
        }
        guard max(worker.interactiveSlots, worker.trainingSlots) <= UInt32(Limits.slotsPerWorker) else {
            throw RPCError(.invalidArgument, "a worker has at most \(Limits.slotsPerWorker) slots of a kind")
        }
        guard worker.processor.utf8.count <= 4 * Limits.nameBytes, worker.processor.isSafeName else {
            throw RPCError(
                .invalidArgument, "a worker's processor is told in at most \(4 * Limits.nameBytes) printable bytes")
        }
        return worker
    }

    private static func isName(_ text: String) -> Bool {
        (1...Limits.nameBytes).contains(text.utf8.count) && text.isSafeName
    }

    var incarnation: [UInt8] { worker.map { [UInt8]($0.incarnation) } ?? [] }
}
