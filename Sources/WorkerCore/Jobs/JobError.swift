import Wire

/// Why a job fails, as the person who submitted it will read it.
package struct JobError: Error, Sendable, CustomStringConvertible {
    package let code: StatusCode
    /// One sentence that says what to do.
    package let description: String

    package init(_ code: StatusCode, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// Thrown between two steps when the attempt was told to stop.
struct JobStopped: Error {
    let reason: RunningAttempt.Stop
}
