import Calls
import SwiftProtobuf

extension Client {
    func call<Request: Message, Response: Message>(
        _ method: String, _ request: Request
    ) async throws(RPCError) -> Response {
        try await connection.call(method, request, timeout: options.timeout).0
    }

    /// A call about one job: an id that is none, and one that the broker does not know, are the same to the caller.
    func call<Request: Message, Response: Message>(
        _ method: String, _ request: Request, about id: String
    ) async throws(RPCError) -> Response {
        guard JobID(id) != nil else { throw Self.noJob(id) }
        do throws(RPCError) {
            return try await call(method, request)
        } catch {
            throw error.code == .notFound ? Self.noJob(id) : error
        }
    }

    static func noJob(_ id: String) -> RPCError {
        RPCError(.notFound, "no job '\(id.prefix(40))'; see 'grove jobs'")
    }
}
