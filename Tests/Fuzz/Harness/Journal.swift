import Foundation

/// The input that is being handled, in a file: it is there for the parent when the process is not.
final class Journal {
    private let file: FileHandle
    private var inputs: UInt64 = 0
    private var pieces: UInt64 = 0
    private var isHandling = false

    private static let headerBytes = 24

    /// What a process left behind.
    struct Entry {
        var inputs = 0
        var pieces = 0
        /// Whether it ended while it handled the input, not while it made one.
        var isHandling = false
        var input: [UInt8] = []
    }

    init(path: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func begin(_ input: [UInt8]) throws {
        inputs += 1
        isHandling = true
        try write(header + input)
        try file.truncate(atOffset: UInt64(Self.headerBytes + input.count))
    }

    func end(pieces count: Int) throws {
        pieces += UInt64(count)
        isHandling = false
        try write(header)
    }

    private var header: [UInt8] {
        [inputs, pieces, isHandling ? 1 : 0].flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } }
    }

    private func write(_ bytes: [UInt8]) throws {
        try file.seek(toOffset: 0)
        try file.write(contentsOf: bytes)
    }

    static func read(path: String) throws -> Entry {
        guard FileManager.default.fileExists(atPath: path) else { return Entry() }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        guard bytes.count >= headerBytes else { return Entry() }
        func number(_ range: Range<Int>) -> Int { bytes[range].reversed().reduce(0) { $0 << 8 | Int($1) } }
        return Entry(
            inputs: number(0..<8), pieces: number(8..<16), isHandling: number(16..<24) == 1,
            input: Array(bytes[headerBytes...]))
    }
}
