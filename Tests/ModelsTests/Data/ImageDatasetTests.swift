import Testing

@testable import Models

@Suite struct ImageDatasetTests {
    static func dataset() throws -> ImageDataset {
        try ImageDataset(
            name: "d", height: 1, width: 2, channels: 1, pixels: [0, 1, 10, 11, 20, 255], labels: [2, 0, 1],
            classNames: ["a", "b", "c"])
    }

    @Test func subsetsKeepOrderAndLabels() throws {
        let subset = try Self.dataset().subset([2, 0, 2])
        #expect(subset.pixels == [20, 255, 0, 1, 20, 255] && subset.labels == [1, 2, 1] && subset.count == 3)
        #expect(subset.classNames == ["a", "b", "c"])
        #expect(try Self.dataset().first(2).labels == [2, 0])
        #expect(try Self.dataset().first(9) == Self.dataset())
        #expect(try Self.dataset().first(0).count == 0)
    }

    @Test func batchesAreBytesOver255() throws {
        var batch = [Float](repeating: -1, count: 5)
        try batch.withUnsafeMutableBufferPointer {
            try Self.dataset().copyBatch([2, 1], into: #require($0.baseAddress))
        }
        let expected: [Float] = [20, 255, 10, 11].map { $0 / 255 } + [-1]
        #expect(batch == expected)
    }

    @Test func contradictionsAreRefused() {
        func refuse(
            height: Int = 1, width: Int = 2, channels: Int = 1, pixels: Int = 4, labels: [UInt8]? = nil,
            classNames: [String] = []
        ) {
            #expect(throws: DatasetError.self) {
                try ImageDataset(
                    name: "d", height: height, width: width, channels: channels,
                    pixels: .init(repeating: 0, count: pixels), labels: labels, classNames: classNames)
            }
        }
        refuse(pixels: 0)
        refuse(pixels: 3)
        refuse(height: 0)
        refuse(width: -2)
        refuse(height: .max, width: .max)
        refuse(channels: 2)
        refuse(labels: [1])
        refuse(labels: [1, 2, 3])
        refuse(labels: [0, 2], classNames: ["a", "b"])
        refuse(classNames: .init(repeating: "a", count: 257))
    }
}
