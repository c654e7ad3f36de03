/// The name of one call: 16 bytes that its caller draws at random. Zero where a message concerns no call.
package struct CallID: Hashable, Comparable, Sendable, CustomStringConvertible {
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
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for byte in bytes {
            words.high = words.high << 8 | words.low >> 56
            words.low = words.low << 8 | UInt64(byte)
        }
        (high, low) = words
    }

    package static func random() -> CallID {
        CallID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { [UInt8]($0) }
    }

    package static func < (left: CallID, right: CallID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// 32 hexadecimal digits, for logs.
    package var description: String { Hexadecimal.text(bytes) }
}
