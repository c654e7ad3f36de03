/// The name a `Router` gave to one connection: 5 bytes unless the peer set its own, then up to 255 of its choice. It
/// names a connection, not a peer: after a reconnect the same program has another.
package struct PeerID: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Hexadecimal, for logs: the bytes may be a stranger's.
    package var description: String {
        let digits: [Character] = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
