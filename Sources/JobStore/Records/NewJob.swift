/// A job to be kept.
package struct NewJob: Hashable, Sendable {
    package var id: String
    package var kind: String
    package var slot: Int
    package var priority: Int
    package var user: String
    /// What to do; opaque here.
    package var spec: [UInt8]
    /// When, for how long, how often; opaque here.
    package var terms: [UInt8]
    /// The ids of the jobs that must have succeeded before.
    package var parents: [String]
    /// The id of the job that this one repeats; empty for none.
    package var retryOf: String
    /// Its place in an array.
    package var arrayPlace: ArrayPlace?
    /// How many jobs may run at a time of the array that it stands for, or is part of.
    package var arrayLimit = 0
    /// The lane that it will wait in, where that is known already.
    package var lane: LaneKey?

    package init(
        id: String, kind: String, slot: Int, priority: Int, user: String = "", spec: [UInt8], terms: [UInt8] = [],
        parents: [String] = [], retryOf: String = ""
    ) {
        self.id = id
        self.kind = kind
        self.slot = slot
        self.priority = priority
        self.user = user
        self.spec = spec
        self.terms = terms
        self.parents = parents
        self.retryOf = retryOf
    }
}

/// What a submitter's key was used for.
package struct IdempotencyRecord: Hashable, Sendable {
    package let jobID: String
    /// The digest of the request that came with it.
    package let digest: [UInt8]

    package init(jobID: String, digest: [UInt8]) {
        self.jobID = jobID
        self.digest = digest
    }
}
