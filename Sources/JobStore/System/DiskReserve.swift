/// Bytes set aside in a file of a broker's directory, to be given up when the disk is full: requests are refused then, but
/// what runs can still end, and be written down. Belongs to one thread.
package final class DiskReserve {
    private let path: String
    private let bytes: Int64
    /// Whether the bytes are set aside.
    package private(set) var isHeld = false

    private static let pieceBytes = 1 << 20

    /// - Parameter directory: the broker's; the store's lock guards it.
    package init(directory: String, bytes: Int64) {
        path = directory + "/reserve"
        self.bytes = bytes
    }

    /// Sets the bytes aside, unless they are.
    /// - Returns: whether there was room. What there was is left free.
    /// - Throws: `StoreError` when the disk fails otherwise.
    package func hold() throws -> Bool {
        do {
            let file = try File(path, .writing)
            var size = try FileSystem.size(of: path) ?? 0
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
        try File(path, .writing).truncate(to: 0)
    }
}
