/// CIFAR-10's binary version: records of a label byte and 3 × 1024 bytes, the red, green and blue planes of a 32×32 image.
enum CIFAR10 {
    static let side = 32
    static let recordSize = 1 + 3 * side * side
    static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Whether these bytes are whole records with labels of ten classes.
    static func isBatch(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.count % recordSize == 0 && firstWrongRecord(bytes) == nil
    }

    private static func firstWrongRecord(_ bytes: [UInt8]) -> Int? {
        stride(from: 0, to: bytes.count, by: recordSize).first { bytes[$0] >= 10 }.map { $0 / recordSize }
    }

    /// Appends a batch: its labels, and its pixels with the channels side by side.
    static func decode(
        name: String, bytes: [UInt8], pixels: inout [UInt8], labels: inout [UInt8]
    ) throws(DatasetError) {
        guard !bytes.isEmpty, bytes.count % recordSize == 0 else {
            throw DatasetError(
                "\(name) has \(bytes.count) bytes, not a multiple of CIFAR-10's \(recordSize) a record; "
                    + "it is cut short or no CIFAR-10 batch, so fetch it again.")
        }
        if let record = firstWrongRecord(bytes) {
            throw DatasetError(
                "Record \(record) of \(name) has label \(bytes[record * recordSize]), but CIFAR-10's are 0 to 9; "
                    + "give the original binary batches.")
        }
        let plane = side * side
        let count = bytes.count / recordSize
        let before = pixels.count
        pixels.append(contentsOf: repeatElement(0, count: count * 3 * plane))
        pixels.withUnsafeMutableBufferPointer { pixels in
            bytes.withUnsafeBufferPointer { bytes in
                for record in 0..<count {
                    let source = record * recordSize + 1
                    let target = before + record * 3 * plane
                    for position in 0..<plane {
                        for channel in 0..<3 {
                            pixels[target + 3 * position + channel] = bytes[source + channel * plane + position]
                        }
                    }
                }
            }
        }
        for record in 0..<count { labels.append(bytes[record * recordSize]) }
    }
}
