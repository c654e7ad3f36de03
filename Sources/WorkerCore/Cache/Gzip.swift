import CZlib
import Wire

/// Inflating of gzip files, which datasets often come as.
package enum Gzip {
    /// Whether the bytes begin as a gzip file does.
    package static func isGzip(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 18 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// The inflated bytes; at most `limit` of them, so that a small file cannot fill the memory.
    package static func inflate(_ bytes: [UInt8], name: String, limit: Int) throws(JobError) -> [UInt8] {
        var stream = z_stream()
        // 16 + 15: a gzip header, and the largest window.
        guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw JobError(.resourceExhausted, "There is not enough memory to inflate '\(name)'.")
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var input = bytes
        var status = Z_OK
        input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = uInt(source.count)
            while status == Z_OK && output.count <= limit {
                let produced = chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = uInt(target.count)
                    status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    return target.count - Int(stream.avail_out)
                }
                output.append(contentsOf: chunk[..<produced])
            }
        }
        if output.count > limit {
            throw JobError(.invalidArgument, "'\(name)' inflates to more than \(limit) bytes: import it in parts.")
        }
        guard status == Z_STREAM_END else {
            throw JobError(.invalidArgument, "'\(name)' is a damaged or truncated gzip file: fetch it again.")
        }
        return output
    }
}
