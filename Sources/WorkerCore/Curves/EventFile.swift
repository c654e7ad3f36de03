/// A TensorBoard event file: `Event` messages (tensorflow/core/util/event.proto) in TFRecord frames.
///
/// Of the messages only what scalars need is written, field by field.
package struct EventFile {
    package private(set) var bytes: [UInt8] = []

    /// - Parameter time: seconds since 1970.
    package init(startingAt time: Double) {
        var event = ProtobufWriter()
        event.double(1, time)
        event.bytes(3, Array("brain.Event:2".utf8))
        append(event.bytes)
    }

    /// One step's scalars.
    package mutating func add(_ scalars: [(name: String, value: Double)], step: Int64, time: Double) {
        var summary = ProtobufWriter()
        for (name, value) in scalars {
            var scalar = ProtobufWriter()
            scalar.bytes(1, Array(name.utf8))
            scalar.float(2, Float(value))
            summary.bytes(1, scalar.bytes)
        }
        var event = ProtobufWriter()
        event.double(1, time)
        event.varint(2, UInt64(bitPattern: step))
        event.bytes(5, summary.bytes)
        append(event.bytes)
    }

    /// A TFRecord: the length, its checksum, the data, its checksum.
    private mutating func append(_ data: [UInt8]) {
        let length = Self.littleEndian(UInt64(data.count))
        bytes += length + Self.littleEndian(CRC32C.masked(length)) + data + Self.littleEndian(CRC32C.masked(data))
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// The wire format of protocol buffers, as far as event files need it.
private struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        varint(value)
    }

    mutating func double(_ field: UInt8, _ value: Double) {
        bytes.append(field << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func bytes(_ field: UInt8, _ value: [UInt8]) {
        bytes.append(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func float(_ field: UInt8, _ value: Float) {
        bytes.append(field << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
