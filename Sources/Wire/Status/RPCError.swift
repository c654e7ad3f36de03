/// How a call failed, as its caller sees it: a code for programs, one sentence for people.
public struct RPCError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One field of a request that is wrong.
    public struct Violation: Hashable, Sendable {
        /// The path of the field: `sample.count`.
        public var field: String
        public var description: String

        public init(field: String, description: String) {
            self.field = field
            self.description = description
        }
    }

    /// Never `.ok`.
    public var code: StatusCode
    /// What went wrong and what to do.
    public var message: String
    public var violations: [Violation]
    /// How long to wait before trying again, where the other side said so.
    public var retryAfter: Duration?

    public init(_ code: StatusCode, _ message: String, violations: [Violation] = [], retryAfter: Duration? = nil) {
        precondition(code != .ok, "OK is not an error")
        self.code = code
        self.message = message
        self.violations = violations
        self.retryAfter = retryAfter
    }

    /// Whether the same call, sent again unchanged, may well succeed.
    public var isRetriable: Bool { code.isRetriable }

    public var description: String { "\(code.name): \(message)" }
}

extension RPCError {
    /// The error that a status tells of; `nil` when it is OK. A code that is not one of gRPC's becomes UNKNOWN.
    package init?(_ status: Grove_V1_Status) {
        let code = StatusCode(rawValue: status.code) ?? .unknown
        guard code != .ok else { return nil }
        self.init(
            code, status.message,
            violations: status.violations.map { Violation(field: $0.field, description: $0.description_p) },
            retryAfter: status.retryAfterMs == 0 ? nil : .milliseconds(Int64(status.retryAfterMs)))
    }

    /// The status to send: bounded, for it may quote what a peer wrote.
    package var status: Grove_V1_Status {
        var status = Grove_V1_Status()
        status.code = code.rawValue
        status.message = message.cut(toBytes: Limits.statusMessageBytes)
        status.violations = violations.prefix(Limits.violations).map { violation in
            var field = Grove_V1_FieldViolation()
            field.field = violation.field.cut(toBytes: Limits.nameBytes)
            field.description_p = violation.description.cut(toBytes: Limits.statusMessageBytes)
            return field
        }
        if let retryAfter {
            let (seconds, attoseconds) = retryAfter.components
            let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
            status.retryAfterMs = UInt32(min(max(milliseconds.rounded(.up), 1), Double(UInt32.max)))
        }
        return status
    }
}
