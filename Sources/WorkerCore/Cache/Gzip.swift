import CZlib
import Wire

/// Inflating of gzip files, which datasets often come as.
package enum Gzip {
    /// Whether the bytes begin as a gzip file does.
    package static func isGzip(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 18 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// How long the last file says that it was (RFC 1952, 2.3.1), which nobody has checked yet: modulo 2³².
    package static func statedSize(_ bytes: [UInt8]) -> Int {
        bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The inflated bytes; at most `limit` of them, so that a small file cannot fill the memory.
    package static func inflate(_ bytes: [UInt8], name: String, limit: Int) throws(JobError) -> [UInt8] {
        let (output, isWhole) = try inflate(bytes, name: name, until: limit)
        guard output.count <= limit else {
            throw JobError(
                .invalidArgument,
                "'\(name)' inflates to more than the \(limit) bytes that it may have: fetch it again, or import it in parts."
            )
        }
        guard isWhole else {
            throw JobError(.invalidArgument, "'\(name)' is a damaged or truncated gzip file: fetch it again.")
        }
        return output
    }

    /// The first `count` bytes, or all where there are fewer; of a damaged file as many as can be had.
    package static func inflate(_ bytes: [UInt8], name: String, beginning count: Int) throws(JobError) -> [UInt8] {
        Array(try inflate(bytes, name: name, until: count).output.prefix(count))
    }

    /// Stops when there are more than `limit` bytes.
    private static func inflate(
        _ bytes: [UInt8], name: String, until limit: Int
    ) throws(JobError) -> (output: [UInt8], isWhole: Bool) {
        var stream = z_stream()
        // 16 + 15: a gzip header, and the largest window.
        guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw JobError(.resourceExhausted, "There is not enough memory to inflate '\(name)'.")
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var consumed = 0
        var status = Z_OK
        bytes.withUnsafeBufferPointer { source in
            while status == Z_OK && output.count <= limit {
                // zlib counts in 32 bits, so that larger files go in piece by piece.
                let available = min(source.count - consumed, 1 << 30)
                stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
                stream.avail_in = uInt(available)
                let produced = chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = uInt(target.count)
                    status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    return target.count - Int(stream.avail_out)
                }
                consumed += available - Int(stream.avail_in)
                output.append(contentsOf: chunk[..<produced])
                // A gzip file may be several, one after the other (RFC 1952, 2.2).
                if status == Z_STREAM_END && consumed < source.count { status = inflateReset(&stream) }
            }
        }
        return (output, status == Z_STREAM_END)
    }
}
