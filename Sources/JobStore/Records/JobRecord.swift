/// A job as the store knows it. Its spec is kept apart: it can be large, and lists do not need all of it.
package struct JobRecord: Hashable, Sendable {
    package let id: String
    package let kind: String
    /// The kind of slot it takes; opaque here.
    package let slot: Int
    package let state: JobState
    /// Higher goes first.
    package let priority: Int
    package let user: String
    /// Milliseconds since 1970; 0 where it has not happened.
    package let submittedMS: Int64
    package let startedMS: Int64
    package let finishedMS: Int64
    /// The number of the newest attempt; 0 before the first.
    package let attempts: Int
    /// How often it was given back at no cost.
    package let interruptions: Int
    /// How many of those because the worker fell silent.
    package let losses: Int
    /// The worker that has it, or had it last.
    package let worker: String
    package let isCancelRequested: Bool
    /// Set in the states failed, cancelled and expired.
    package let failure: FailureRecord?
}

/// How a job ended that did not succeed.
package struct FailureRecord: Hashable, Sendable {
    /// A status code; opaque here.
    package let code: Int
    package let message: String

    package init(code: Int, message: String) {
        self.code = code
        self.message = message
    }
}
