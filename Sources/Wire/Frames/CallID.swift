/// The name of one call: 16 bytes that its caller draws at random. Zero where a message concerns no call.
package struct CallID: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 16
    package static let none = CallID(high: 0, low: 0)

    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// - Returns: `nil` unless there are exactly 16 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package static func random() -> CallID {
        CallID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    /// 32 hexadecimal digits, for logs.
    package var description: String { Hexadecimal.text(bytes) }
}
