import Foundation

/// The input that is being handled, in a file: it is there for the parent when the process is not.
final class Journal {
    private let file: FileHandle
    private var inputs: UInt64 = 0
    private var pieces: UInt64 = 0

    /// What a process left behind.
    struct Entry {
        var inputs = 0
        var pieces = 0
        var input: [UInt8] = []
    }

    init(path: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func begin(_ input: [UInt8]) throws {
        inputs += 1
        try write(header + input)
        try file.truncate(atOffset: UInt64(16 + input.count))
    }

    func end(pieces count: Int) throws {
        pieces += UInt64(count)
        try write(header)
    }

    private var header: [UInt8] { [inputs, pieces].flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } } }

    private func write(_ bytes: [UInt8]) throws {
        try file.seek(toOffset: 0)
        try file.write(contentsOf: bytes)
    }

    static func read(path: String) throws -> Entry {
        guard FileManager.default.fileExists(atPath: path) else { return Entry() }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        guard bytes.count >= 16 else { return Entry() }
        func number(_ range: Range<Int>) -> Int { bytes[range].reversed().reduce(0) { $0 << 8 | Int($1) } }
        return Entry(inputs: number(0..<8), pieces: number(8..<16), input: Array(bytes[16...]))
    }
}
