#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The lines that come out of a pipe, up to its end. Owns the descriptor.
struct LineReader {
    private let descriptor: Int32
    /// A longer line is cut in pieces, so that a program which never ends one cannot fill memory.
    static let longestLine = 64 << 10

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Blocks until the other end is closed.
    consuming func forEach(_ body: (String) -> Void) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in buffer[..<count] {
                if byte != UInt8(ascii: "\n") { rest.append(byte) }
                if byte == UInt8(ascii: "\n") || rest.count == Self.longestLine {
                    body(String(decoding: rest, as: UTF8.self))
                    rest.removeAll(keepingCapacity: true)
                }
            }
        }
        if !rest.isEmpty { body(String(decoding: rest, as: UTF8.self)) }
        _ = close(descriptor)
    }
}
