/// The bounds of the protocol. Those in `Grove_V1_Limits` are also told to every peer in WELCOME.
package enum Limits {
    /// Frames of a message, the routing id not counted.
    package static let frames = 5
    /// Bytes of any one frame.
    package static let frameBytes = 1 << 20
    /// Bytes of all keys and values of a request's metadata together.
    package static let metadataBytes = 8 << 10
    /// Bytes of one piece of a blob, the bulk frame.
    package static let chunkBytes = 256 << 10
    /// DATA messages of a stream that may be under way without CREDIT.
    package static let streamCredit = 64
    /// Bytes of a stream that may be under way without CREDIT, when more than one message is.
    package static let streamBytes = 1 << 20
    /// Bytes after which a caller gives CREDIT at the latest.
    package static let creditBytes = 256 << 10
    /// The most credit that a caller can pile up.
    package static let maximumStreamCredit = 4096
    /// Messages inside messages, when decoding.
    package static let messageDepth = 16

    /// Bytes of names for people: peers, users, stages, files.
    package static let nameBytes = 200
    /// Files that one job may be given, or leave behind.
    package static let filesPerJob = 4000
    /// Bytes of a job's encoded spec, and again of its encoded results, so that a `Job` fits into one frame.
    package static let specBytes = 448 << 10
    package static let resultBytes = 448 << 10
    /// Points of a progress report's loss curve.
    package static let curvePoints = 200
    /// Bytes of an encoded progress report, and of an artifact's encoded facts.
    package static let progressBytes = 16 << 10
    package static let factsBytes = 16 << 10
    package static let artifactsPerJob = 16
    /// Attempts named in one heartbeat.
    package static let attemptsPerHeartbeat = 256
    /// Hashes of loaded models that a `Work/Take` names.
    package static let loadedModels = 256
    /// Jobs that one job comes after.
    package static let parentsPerJob = 100
    /// Jobs of an array, and of a chain with all its arrays.
    package static let arrayJobs = 4096
    /// Jobs of a chain, an array counted as one.
    package static let chainJobs = 100
    /// The longest time in a job's terms, in milliseconds: ten years.
    package static let termMilliseconds: UInt64 = 315_576_000_000
    /// The last instant that a job may be put off to, in milliseconds since 1970: the year 2200.
    package static let lastStartMS: Int64 = 7_258_118_400_000
    package static let retriesPerJob: UInt32 = 100
    /// Slots of one kind that a worker may declare.
    package static let slotsPerWorker = 64
    package static let idempotencyKeyBytes = 128
    /// Bytes of each sentence in a status, and how many fields it says are wrong.
    package static let statusMessageBytes = 4000
    package static let violations = 20

    /// Lines of one `Work/Log`, bytes of a line, and lines kept of a job.
    package static let logLinesPerCall = 100
    package static let logLineBytes = 4000
    package static let logLinesPerJob = 10_000

    /// Jobs of one `Jobs/List`: at most, and when the request says 0.
    package static let jobsPerList = 1000
    package static let jobsPerListByDefault = 100

    package static let message: Grove_V1_Limits = {
        var limits = Grove_V1_Limits()
        limits.maxFrames = UInt32(frames)
        limits.maxFrameBytes = UInt32(frameBytes)
        limits.maxMetadataBytes = UInt32(metadataBytes)
        limits.chunkBytes = UInt32(chunkBytes)
        limits.streamCredit = UInt32(streamCredit)
        return limits
    }()
}
