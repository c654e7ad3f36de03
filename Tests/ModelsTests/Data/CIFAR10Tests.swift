import Testing

@testable import Models

@Suite struct CIFAR10Tests {
    /// A record whose red, green and blue planes begin at r, g and b and grow by one a pixel.
    static func record(label: UInt8, _ r: UInt8, _ g: UInt8, _ b: UInt8) -> [UInt8] {
        [label] + [r, g, b].flatMap { start in (0..<1024).map { start &+ UInt8(truncatingIfNeeded: $0) } }
    }

    @Test func planesBecomePixels() throws {
        let first = Self.record(label: 9, 1, 50, 100) + Self.record(label: 0, 7, 8, 9)
        let second = Self.record(label: 3, 200, 210, 220)
        let dataset = try DatasetReader.read(files: [("data_batch_1.bin", first), ("data_batch_2.bin", second)])
        #expect(dataset.count == 3 && dataset.height == 32 && dataset.width == 32 && dataset.channels == 3)
        #expect(dataset.labels == [9, 0, 3])
        #expect(dataset.name == "cifar-10" && dataset.classNames[9] == "truck")
        #expect(dataset.pixels[..<6] == [1, 50, 100, 2, 51, 101])
        #expect(dataset.pixels[3072..<3075] == [7, 8, 9])
        #expect(dataset.pixels.suffix(3) == [199, 209, 219])
    }

    /// A black airplane whose second pixels say "unsigned bytes, three axes".
    @Test func recordsThatBeginLikeIDX() throws {
        var batch = [UInt8](repeating: 0, count: CIFAR10.recordSize)
        batch[2] = 8
        batch[3] = 3
        #expect(IDX.isMagic(batch))
        #expect(try DatasetReader.read(files: [("x", batch)]).channels == 3)
    }

    @Test func batchesThatAreNone() {
        let record = Self.record(label: 1, 2, 3, 4)
        expectRefusal(of: [("data_batch_1.bin", Array(record.dropLast()))], because: "cut short")
        expectRefusal(of: [("cifar", record + [1])], because: "3073")
        expectRefusal(of: [("a", record), ("b", [])], because: "b is empty")
        expectRefusal(of: [("a", record + Self.record(label: 10, 2, 3, 4))], because: "Record 1 of a has label 10")
    }
}
