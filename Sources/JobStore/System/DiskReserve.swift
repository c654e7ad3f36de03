/// Bytes set aside in a file of a broker's directory, to be given up when the disk is full: requests are refused then, but
/// what runs can still end, and be written down. Belongs to one thread.
package final class DiskReserve {
    private let directory: String
    private let path: String
    private let bytes: Int64
    /// Whether the bytes are set aside.
    package private(set) var isHeld = false

    private static let pieceBytes = 1 << 20
    /// What must be free beyond the reserve: a disk that is full again a moment later is still full.
    private static let marginBytes: Int64 = 8 << 20

    /// - Parameter directory: the broker's; the store's lock guards it.
    package init(directory: String, bytes: Int64) {
        self.directory = directory
        path = directory + "/reserve"
        self.bytes = bytes
    }

    /// Sets the bytes aside, unless they are.
    /// - Returns: whether there was room. What there was is left free.
    /// - Throws: `StoreError` when the disk fails otherwise.
    package func hold() throws -> Bool {
        do {
            var size = try FileSystem.size(of: path) ?? 0
            let free = try FileSystem.freeBytes(at: directory)
            guard size >= bytes || bytes - size + Self.marginBytes <= free else {
                try release()
                return false
            }
            let file = try File(path, .writing)
            // Written, not announced: a file system may promise room that it does not have.
            while size < bytes {
                let count = min(bytes - size, Int64(Self.pieceBytes))
                try file.write([UInt8](repeating: 0, count: Int(count)), at: size)
                size += count
            }
            isHeld = true
        } catch let error as StoreError where error.kind == .diskFull {
            try release()
        }
        return isHeld
    }

    /// Gives the bytes up.
    package func release() throws {
        isHeld = false
        try Self.release(directory: directory)
    }

    /// Gives up what the last broker on a directory has left set aside.
    static func release(directory: String) throws {
        try File(directory + "/reserve", .writing).truncate(to: 0)
    }
}
