import CZlib

/// A ZIP file of stored (not compressed) members, for results of more files than a job may hand in one by one.
/// PNG files are compressed already.
package struct ZipArchive {
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    package init() {}

    /// Adds a file. Names are ASCII; sizes stay below 4 GiB in all, which the caller sees to by packing in parts.
    package mutating func add(_ name: String, _ bytes: [UInt8]) {
        precondition(count < .max && body.count + bytes.count < Int(UInt32.max), "ZipArchive: pack in parts")
        let checksum = bytes.withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, uInt($0.count)))
        }
        let offset = UInt32(body.count)
        var common = Bytes()
        common.add(UInt16(20))  // needs version 2.0
        common.add(UInt16(0))  // no flags
        common.add(UInt16(0))  // stored
        common.add(UInt16(0))  // midnight
        common.add(UInt16(0x21))  // of 1 January 1980, so that equal files make equal archives
        common.add(checksum)
        common.add(UInt32(bytes.count))
        common.add(UInt32(bytes.count))
        common.add(UInt16(name.utf8.count))
        common.add(UInt16(0))  // no extra field

        var local = Bytes()
        local.add(UInt32(0x0403_4B50))
        body += local.bytes + common.bytes + Array(name.utf8) + bytes

        var entry = Bytes()
        entry.add(UInt32(0x0201_4B50))
        entry.add(UInt16(20))
        entry.bytes += common.bytes
        entry.add(UInt16(0))  // no comment
        entry.add(UInt16(0))  // first disk
        entry.add(UInt16(0))
        entry.add(UInt32(0))
        entry.add(offset)
        directory += entry.bytes + Array(name.utf8)
        count += 1
    }

    /// The whole file.
    package var bytes: [UInt8] {
        var end = Bytes()
        end.add(UInt32(0x0605_4B50))
        end.add(UInt32(0))
        end.add(count)
        end.add(count)
        end.add(UInt32(directory.count))
        end.add(UInt32(body.count))
        end.add(UInt16(0))
        return body + directory + end.bytes
    }

    /// Little-endian numbers.
    private struct Bytes {
        var bytes: [UInt8] = []

        mutating func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }
}
