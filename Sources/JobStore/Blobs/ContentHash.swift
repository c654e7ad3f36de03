/// The hash that names blobs, fed piece by piece. The algorithm belongs to the protocol, so it is handed in.
package protocol ContentHash {
    init()
    mutating func update(_ bytes: [UInt8])
    /// In lower-case hexadecimal.
    func hexDigest() -> String
}
