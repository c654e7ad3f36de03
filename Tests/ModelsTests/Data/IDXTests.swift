import Testing

@testable import Models

/// IDX bytes as an author, or an attacker, writes them.
func idx(type: UInt8 = 8, axes: [UInt32], values: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(axes.count)] + axes.flatMap { axis in [24, 16, 8, 0].map { UInt8(axis >> $0 & 255) } } + values
}

func expectRefusal(
    of files: [DatasetReader.File], because words: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = #expect(throws: DatasetError.self, sourceLocation: sourceLocation) {
        try DatasetReader.read(files: files)
    }
    if let error {
        #expect(error.description.contains(words), sourceLocation: sourceLocation)
        #expect(error.description.hasSuffix("."), sourceLocation: sourceLocation)
    }
}

@Suite struct IDXTests {
    static let images = idx(axes: [3, 2, 4], values: (0..<24).map { $0 * 10 })
    static let labels = idx(axes: [3], values: [1, 0, 4])

    @Test func imagesAndLabelsInEitherOrder() throws {
        let images: DatasetReader.File = ("my-images-idx3-ubyte.gz", Self.images)
        let labels: DatasetReader.File = ("my-labels-idx1-ubyte", Self.labels)
        for files in [[images, labels], [labels, images]] {
            let dataset = try DatasetReader.read(files: files)
            #expect(dataset.name == "my")
            #expect(dataset.count == 3 && dataset.height == 2 && dataset.width == 4 && dataset.channels == 1)
            #expect(idx(axes: [3, 2, 4], values: dataset.pixels) == Self.images)
            #expect(dataset.labels == [1, 0, 4])
            #expect(dataset.classNames == ["0", "1", "2", "3", "4"])
        }
    }

    /// Content decides, so swapped names do no harm.
    @Test func swappedNames() throws {
        let dataset = try DatasetReader.read(files: [("labels", Self.images), ("images", Self.labels)])
        #expect(dataset.labels == [1, 0, 4])
    }

    @Test func imagesWithoutLabels() throws {
        let dataset = try DatasetReader.read(files: [("", Self.images)])
        #expect(dataset.labels == nil && dataset.classNames.isEmpty && dataset.name == "images")
    }

    @Test func fashionHasItsClassNames() throws {
        let dataset = try DatasetReader.read(
            files: [("fashion/train-images-idx3-ubyte", Self.images), ("l", Self.labels)])
        #expect(dataset.name == "train" && dataset.classNames.first == "T-shirt/top" && dataset.classNames.count == 10)
    }

    /// 3065 labels of digits have the length and the small numbers of one CIFAR-10 record.
    @Test func labelsOfOneRecordsLengthAreLabels() {
        let labels = idx(axes: [3065], values: [UInt8](repeating: 3, count: 3065))
        #expect(CIFAR10.isBatch(labels))
        expectRefusal(of: [("labels", labels)], because: "no images")
    }

    @Test func filesThatDoNotMakeADataSet() {
        expectRefusal(of: [], because: "No file")
        expectRefusal(of: [("a", [])], because: "a is empty")
        expectRefusal(of: [("train-images-idx3-ubyte", Self.labels)], because: "holds labels and no images")
        expectRefusal(of: [("images", Self.labels), ("labels", Self.labels)], because: "both hold labels")
        expectRefusal(of: [("a", Self.images), ("b", Self.images)], because: "both hold images")
        let two = idx(axes: [2], values: [0, 1])
        expectRefusal(of: [("a", Self.images), ("b", two)], because: "3 images but b 2 labels")
        let record = [UInt8](repeating: 0, count: CIFAR10.recordSize)
        expectRefusal(of: [("a", Self.images), ("b", record)], because: "different formats")
        expectRefusal(of: Array(repeating: ("a", Self.images), count: 65), because: "too many")
    }

    @Test func everyTruncationIsRefused() {
        for length in 0..<Self.images.count {
            expectRefusal(of: [("a", Array(Self.images[..<length])), ("b", Self.labels)], because: "a ")
        }
        for length in 0..<Self.labels.count {
            expectRefusal(of: [("a", Self.images), ("b", Array(Self.labels[..<length]))], because: "b ")
        }
        expectRefusal(of: [("a", Self.images + [0])], because: "without additions")
        expectRefusal(of: [("a", Self.images.dropLast())], because: "cut short")
    }

    @Test func lyingHeaders() {
        expectRefusal(of: [("a", idx(axes: [0, 28, 28], values: []))], because: "holds nothing")
        expectRefusal(of: [("a", idx(axes: [0], values: []))], because: "holds nothing")
        for axes: [UInt32] in [[.max, .max, .max], [1, 0, 28], [1, 28, 0], [1, 1025, 1], [1, 1, .max]] {
            expectRefusal(of: [("a", idx(axes: axes, values: [1, 2, 3]))], because: "not supported")
        }
        expectRefusal(of: [("a", idx(axes: [.max, 1024, 1024], values: [1]))], because: "cut short")
        expectRefusal(of: [("a", idx(axes: [.max], values: [1]))], because: "cut short")
        expectRefusal(of: [("a", idx(axes: [2, 2], values: [1, 2, 3, 4]))], because: "2 axes")
        expectRefusal(of: [("a", idx(axes: [1, 2, 2, 1], values: [1, 2, 3, 4]))], because: "4 axes")
        expectRefusal(of: [("a", idx(axes: [.max, .max, .max, .max], values: [1]))], because: "4 axes")
        expectRefusal(of: [("a", idx(type: 0x0D, axes: [1, 1, 1], values: [0, 0, 0, 0]))], because: "32-bit floats")
    }

    @Test func otherFilesAreNamedAsWhatTheyAre() {
        expectRefusal(of: [("a.gz", [0x1F, 0x8B, 8, 0, 1])], because: "inflate")
        expectRefusal(of: [("a", [0x50, 0x4B, 3, 4])], because: "zip")
        expectRefusal(of: [("a", [0x89, 0x50, 0x4E, 0x47])], because: "PNG")
        expectRefusal(of: [("a", [0x80, 0x02, 0x7D, 0x71])], because: "pickle")
        expectRefusal(of: [("a", [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8) + [0])], because: "tar")
        expectRefusal(of: [("a", Array("label,pixel\n1,2\n".utf8))], because: "no format")
        expectRefusal(of: [("a", [8, 0, 3, 8, 0, 0])], because: "no format")
        expectRefusal(of: [("evil\u{7}\nname", [7])], because: "evil??name")
    }

    @Test func aNameThatIsOneLongCharacterIsCutShort() {
        let name = "e" + String(repeating: "\u{301}", count: 10_000)
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(files: [(name, [7])]) }
        #expect((error?.description.utf8.count ?? .max) < 1000)
    }
}
