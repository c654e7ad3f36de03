/// A blob under a name that means something in its list.
package struct FileRecord: Hashable, Sendable {
    package var name: String
    package var sha256: String
    package var size: Int64
    package var mediaType: String

    package init(name: String, sha256: String, size: Int64, mediaType: String = "") {
        self.name = name
        self.sha256 = sha256
        self.size = size
        self.mediaType = mediaType
    }
}

/// The checkpoints that are kept of a job. The best may be one of the others, or older.
package struct CheckpointRecords: Hashable, Sendable {
    package let newest: FileRecord?
    package let previous: FileRecord?
    package let best: FileRecord?

    package init(newest: FileRecord?, previous: FileRecord?, best: FileRecord?) {
        (self.newest, self.previous, self.best) = (newest, previous, best)
    }
}
