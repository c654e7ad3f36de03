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
