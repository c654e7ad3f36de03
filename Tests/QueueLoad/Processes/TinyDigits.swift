import Foundation

/// A few synthetic images in MNIST's format: a bright square whose place tells its class.
package enum TinyDigits {
    package static func write(to folder: URL, count: Int) throws -> (images: URL, labels: URL) {
        func number(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 0xFF) } }
        var pixels: [UInt8] = []
        var labels: [UInt8] = []
        for index in 0..<count {
            let label = index % 4
            labels.append(UInt8(label))
            let (top, left) = (4 + 12 * (label / 2), 4 + 12 * (label % 2))
            for row in 0..<28 {
                for column in 0..<28 {
                    let isInside = (top..<top + 8).contains(row) && (left..<left + 8).contains(column)
                    pixels.append(isInside ? UInt8(160 + (index * 7 + row) % 90) : 0)
                }
            }
        }
        let images = folder.appending(path: "digits-images-idx3-ubyte")
        let classes = folder.appending(path: "digits-labels-idx1-ubyte")
        try Data([0, 0, 8, 3] + number(count) + number(28) + number(28) + pixels).write(to: images)
        try Data([0, 0, 8, 1] + number(count) + labels).write(to: classes)
        return (images, classes)
    }
}
