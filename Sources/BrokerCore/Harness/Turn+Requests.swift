import JobStore
import SwiftProtobuf
import Transport
import Wire

// From a REQUEST to a service and back: the one place that knows which method is which function.
extension Turn {
    /// - Throws: `StoreError` when the store fails; what the caller did wrong is its answer.
    mutating func request(_ message: WireMessage, from peer: PeerID, _ session: Session) throws {
        let key = CallKey(peer: peer, callID: message.callID)
        do {
            let head = try decode(Grove_V1_RequestHead.self, from: message.envelope, what: "the head of a request")
            let metadata = head.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            guard metadata <= Limits.metadataBytes else {
                throw RPCError(
                    .invalidArgument, "the metadata has \(metadata) bytes, at most \(Limits.metadataBytes) are allowed")
            }
            guard message.bulk.isEmpty || head.method == Method.blobsPut else {
                throw RPCError(
                    .invalidArgument, "only a request of \(Method.blobsPut) has a piece of a blob, a fifth frame")
            }
            let caller = Caller(key: key, session: session, deadline: deadline(head.timeoutUs))
            try dispatch(head.method, message, caller)
        } catch let error as RPCError {
            end(key, error)
        } catch let error as StoreError where error.kind == .diskFull && !error.endsBatch {
            // With the reserve given up, the whole turn is done again.
            guard context.isDiskFull else { throw error }
            end(key, RPCError(.resourceExhausted, error.message, retryAfter: .seconds(10)))
        } catch let error as StoreError where !error.endsBatch {
            note("a request failed: \(error)")
            end(key, RPCError(.internal, "the broker cannot do this: \(error.message)"))
        }
    }

    private func deadline(_ timeout: UInt64) -> Duration? {
        // A year is as good as none, and adding it overflows nothing.
        timeout == 0 ? nil : context.now.monotonic + .microseconds(Int64(min(timeout, 31_536_000_000_000)))
    }

    private mutating func dispatch(_ method: String, _ message: WireMessage, _ caller: Caller) throws {
        let jobs = JobsService(context: context)
        let artifacts = ArtifactsService(context: context)
        let blobs = BlobsService(context: context)
        let work = WorkService(context: context)
        let workers = WorkersService(context: context)
        let streams = StreamsService(context: context)
        let gates = GatesService(context: context)
        switch method {
        case Method.jobsSubmit: try unary(message, caller) { try jobs.submit($0, &$1) }
        case Method.jobsSubmitChain:
            let chains = ChainsService(context: context)
            try unary(message, caller) { try chains.submit($0, &$1) }
        case Method.jobsGet: try unary(message, caller) { try jobs.get($0, $1) }
        case Method.jobsList: try unary(message, caller) { try jobs.list($0, $1) }
        case Method.jobsCancel: try unary(message, caller) { try jobs.cancel($0, &$1) }
        case Method.jobsRetry: try unary(message, caller) { try jobs.retry($0, &$1) }
        case Method.jobsWatch: try stream(message) { try streams.watch($0, caller, &$1) }
        case Method.jobsLogs: try stream(message) { try streams.logs($0, caller, &$1) }
        case Method.artifactsList: try unary(message, caller) { request, _ in try artifacts.list(request) }
        case Method.artifactsGet: try unary(message, caller) { request, _ in try artifacts.get(request) }
        case Method.blobsStat: try unary(message, caller) { request, _ in try blobs.stat(request) }
        case Method.blobsPut:
            try unary(message, caller) { request, _ in try blobs.put(request, bulk: message.bulk, caller) }
        case Method.blobsRead: try read(message, caller, blobs)
        case Method.workTake: try take(message, caller, work)
        case Method.workHeartbeat: try unary(message, caller) { try work.heartbeat($0, caller, &$1) }
        case Method.workLog: try unary(message, caller) { try work.log($0, caller, &$1) }
        case Method.workCheckpoint: try unary(message, caller) { try work.checkpoint($0, caller, &$1) }
        case Method.workComplete: try unary(message, caller) { try work.complete($0, caller, &$1) }
        case Method.workersList: try unary(message, caller) { workers.list($0, $1) }
        case Method.queueSet: try unary(message, caller) { try gates.set($0, &$1) }
        case Method.queueGet:
            try unary(message, caller) { (_: Grove_V1_GetQueueRequest, state) in gates.get(state) }
        case Method.adminBackup:
            let admin = AdminService(context: context)
            try unary(message, caller) { request, _ in try admin.backup(request) }
        case Method.healthCheck: try unary(message, caller) { workers.health($0, $1) }
        default:
            throw RPCError(
                .unimplemented,
                "this broker has no method '\(method.excerpt)'; it may be of an older release")
        }
    }

    /// Does what a request asks for, all of it or nothing: the store's part in a savepoint, the state's on a copy that takes
    /// the place of `state` once the savepoint is released. So a service may change the state at any point.
    private mutating func attempt<Request: Message, Result>(
        _ message: WireMessage, _ body: (Request, inout BrokerState) throws -> Result
    ) throws -> Result {
        let request = try decode(Request.self, from: message.payload, what: "the request")
        var next = state
        let result = try context.batch.request { try body(request, &next) }
        state = next
        return result
    }

    private mutating func unary<Request: Message, Response: Message>(
        _ message: WireMessage, _ caller: Caller,
        _ body: (Request, inout BrokerState) throws -> Response
    ) throws {
        let response = try attempt(message, body)
        end(caller.key, nil, payload: encode(response))
    }

    /// Opens a stream; its messages are sent at the end of the turn.
    private mutating func stream<Request: Message>(
        _ message: WireMessage, _ body: (Request, inout BrokerState) throws -> Void
    ) throws {
        try attempt(message, body)
    }

    private mutating func read(_ message: WireMessage, _ caller: Caller, _ blobs: BlobsService) throws {
        let (response, bulk) = try attempt(message) { (request: Grove_V1_ReadBlobRequest, _) in
            try blobs.read(request)
        }
        end(caller.key, nil, payload: encode(response), bulk: bulk)
    }

    private mutating func take(_ message: WireMessage, _ caller: Caller, _ work: WorkService) throws {
        let given = try attempt(message) { try work.take($0, caller, &$1) }
        guard let (response, attempt) = given else { return }
        answer(caller.key, response, attempt)
    }

    mutating func answer(_ key: CallKey, _ response: Grove_V1_TakeResponse, _ attempt: AttemptKey) {
        let message = WireMessage(
            .end, callID: key.callID, envelope: encode(Grove_V1_Status()), payload: encode(response))
        send(message, to: key.peer, assignment: attempt)
    }
}
