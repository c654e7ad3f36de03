/// What jobs of one lane have in common: all that decides which of two waiting jobs goes first, but for their age. Inside
/// a lane the oldest goes first, so a scheduler that knows the lanes and their heads never looks at the other jobs.
package struct LaneKey: Hashable, Sendable {
    /// Opaque here, as in `JobRecord`.
    package var slot: Int
    package var priority: Int
    package var user: String
    package var kind: String
    /// The hash of the model that a worker had better have loaded, and the model's name; empty for none.
    package var model: String
    package var modelName: String
    /// The number of the array whose limit counts; 0 for none.
    package var array: Int64
    /// How many jobs of that array may run at a time.
    package var arrayLimit: Int
    /// Whether only a worker with nothing else to do may have it.
    package var isAlone: Bool

    package init(
        slot: Int, priority: Int, user: String = "", kind: String, model: String = "", modelName: String = "",
        array: Int64 = 0, arrayLimit: Int = 0, isAlone: Bool = false
    ) {
        self.slot = slot
        self.priority = priority
        self.user = user
        self.kind = kind
        self.model = model
        self.modelName = modelName
        self.array = array
        self.arrayLimit = arrayLimit
        self.isAlone = isAlone
    }
}

/// The first job of a lane.
package struct LaneHead: Hashable, Sendable {
    package let job: Int64
    /// Since when it could have run, in milliseconds since 1970.
    package let readyMS: Int64

    package init(job: Int64, readyMS: Int64) {
        self.job = job
        self.readyMS = readyMS
    }
}

/// A lane as it stands in the database.
package struct LaneRecord: Hashable, Sendable {
    package let number: Int64
    package let key: LaneKey
    package let waiting: Int
    package let head: LaneHead?
}

/// What the requests of a batch have changed in the hot tables, so far.
package struct QueueChanges: Hashable, Sendable {
    /// By how many jobs each lane has grown; also 0, when another job came to its head.
    package var lanes: [Int64: Int] = [:]
    /// By how many jobs the state WAITING has grown, in a lane or not.
    package var waiting = 0
    /// Whether the next timer may be another one.
    package var timers = false

    package init(lanes: [Int64: Int] = [:], waiting: Int = 0, timers: Bool = false) {
        self.lanes = lanes
        self.waiting = waiting
        self.timers = timers
    }
}
