/// A job as the store knows it. Its spec is kept apart: it can be large, and lists do not need all of it.
package struct JobRecord: Hashable, Sendable {
    /// Counts up with each submission.
    package let number: Int64
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
    /// How many workers died under it, or had to be given up, since it last saved where it is.
    package let losses: Int
    /// Failed attempts so far, and when the next may begin; 0 when none has failed.
    package let failures: Int
    package let retryMS: Int64
    /// How long its ended attempts took, all together.
    package let ranMS: Int64
    /// How many of the jobs that it comes after have not succeeded yet.
    package let parentsLeft: Int
    /// When, for how long, how often; opaque here.
    package let terms: [UInt8]
    /// The number of the job that it repeats; 0 for none.
    package let retryOf: Int64
    /// Its place in the array that it is part of; `nil` outside.
    package let arrayPlace: ArrayPlace?
    /// How many jobs of the array that it stands for have not ended; 0 for a job that stands for none.
    package let arrayLeft: Int
    /// How many of them may run at a time; 0 for any number.
    package let arrayLimit: Int
    /// The lane that it waits in, or waited in last; 0 before the first.
    package let lane: Int64
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

/// Where a job stands in an array.
package struct ArrayPlace: Hashable, Sendable {
    /// The number of the job that stands for the array.
    package let array: Int64
    package let index: Int

    package init(array: Int64, index: Int) {
        self.array = array
        self.index = index
    }
}
