import Wire
import WorkerCore

/// Inflating of what may be larger than it says.
struct GzipTarget: FuzzTarget {
    static let name = "gzip"
    private static let limit = 1 << 20

    init(scratch: String) {}

    func seeds() -> [[UInt8]] { [Self.file, Self.file + Self.file] }

    func run(_ input: [UInt8]) throws -> Int {
        _ = Gzip.statedSize(input)
        do throws(JobError) {
            let head = try Gzip.inflate(input, name: "file.gz", beginning: 100)
            guard head.count <= 100 else { throw JobError(.internal, "\(head.count) bytes at the beginning") }
            let bytes = try Gzip.inflate(input, name: "file.gz", limit: Self.limit)
            guard bytes.count <= Self.limit else { throw JobError(.internal, "\(bytes.count) bytes") }
        } catch {
            try Violation.expect(error.code != .internal, "more than the limit: \(error)")
        }
        return Gzip.isGzip(input) ? 1 : 0
    }

    /// "grove " forty times, under the name "n".
    private static let file: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x08, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x6e, 0x00, 0x4b, 0x2f, 0xca, 0x2f, 0x4b, 0x55,
        0x48,
        0x1f, 0x31, 0x24, 0x00, 0x65, 0xbb, 0x50, 0xf4, 0xf0, 0x00, 0x00, 0x00,
    ]
}
