import Foundation
import Imaging
import Models
import Synchronization
import Testing
import Wire

@testable import WorkerCore

/// What a dataset's files cost is known before it is paid.
@Suite struct ImportDatasetTests {
    private static func spec(_ files: [Grove_V1_FileRef]) -> Grove_V1_JobSpec {
        var spec = Grove_V1_JobSpec()
        spec.importDataset.name = "pictures"
        spec.importDataset.files = files
        return spec
    }

    private static func png(_ side: Int, channels: Int = 1, value: UInt8 = 7) throws -> [UInt8] {
        let pixels = [UInt8](repeating: value, count: side * side * channels)
        return try PNG.encode(ImageBuffer(width: side, height: side, channels: channels, pixels: pixels))
    }

    /// A whole PNG file whose header says something else: 8192 × 4096.
    private static func bomb() throws -> [UInt8] {
        var bytes = try png(8)
        bytes.replaceSubrange(16..<24, with: [0, 0, 0x20, 0, 0, 0, 0x10, 0])
        bytes.replaceSubrange(29..<33, with: bigEndian(checksum(bytes[12..<29])))
        return bytes
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private func failure(_ files: [(String, [UInt8])]) throws -> (message: String, code: StatusCode, downloads: Int) {
        var result: (String, StatusCode, Int) = ("", .ok, 0)
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let error = try bench.failure(Self.spec(try files.map { try bench.file($0, $1) }))
            result = (error.message, error.code, bench.broker.state.withLock { $0.downloads.count })
        }
        return result
    }

    @Test func theFirstHeaderDecidesBeforeTheRestIsFetched() throws {
        let bomb = try Self.bomb()
        let found = try failure((0..<45).map { ("\($0).png", bomb + [UInt8($0)]) })
        #expect(found.message.contains("8192×4096") && found.code == .invalidArgument)
        #expect(found.downloads == 1)
    }

    @Test func aLaterFileOfAnotherSizeIsNotDecoded() throws {
        let found = try failure([("a.png", try Self.png(8)), ("b.png", try Self.bomb())])
        #expect(found.message.contains("'b.png' is a PNG image of 8192×4096 pixels in grey but"))
        let mixed = try failure([("a.png", try Self.png(8)), ("b.png", try Self.png(8, channels: 3))])
        #expect(mixed.message.contains("in colours but the files before it are a PNG image of 8×8 pixels in grey"))
    }

    @Test func aStrayFileIsNamed() throws {
        let found = try failure([("a/0.png", try Self.png(8)), ("a/Thumbs.db", [1, 2, 3])])
        #expect(found.message.contains("'a/Thumbs.db'") && found.downloads == 0)
        let jpeg = try failure([("0.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), ("1.jpg", [0xFF, 0xD8, 0xFF, 0xE1])])
        #expect(jpeg.message.contains("'0.jpg' is a JPEG") && jpeg.downloads == 1)
    }

    @Test func filesThatAreTooLargeTogetherAreNotFetched() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            var file = try bench.file("images-idx3-ubyte", [0, 0, 8, 3])
            for size in [UInt64.max, DatasetFile.largestTotal / 2 + 1] {
                file.size = size
                let error = try bench.failure(Self.spec([file, file]))
                #expect(error.message.contains("in all: import them in parts"))
            }
            var image = try bench.file("a.png", try Self.png(8))
            image.size = UserImage.largestFile + 1
            #expect(try bench.failure(Self.spec([image])).message.contains("more than the"))
            #expect(bench.broker.state.withLock { $0.downloads.isEmpty })
        }
    }

    /// An IDX header for one image of 28 × 28, and far more behind it than that.
    @Test func aFileInflatesToWhatItsHeaderSaysAtMost() throws {
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]
        let bomb = gzip(header + [UInt8](repeating: 0, count: 5_000_000))
        let found = try failure([("images.gz", bomb)])
        #expect(found.message.contains("more than the 800 bytes"))
        let archive = try failure([("a.gz", gzip([0x50, 0x4B, 3, 4]))])
        #expect(archive.message.contains("zip archive"))
    }

    @Test func whatIsRightIsRead() throws {
        try withScratchFolder { folder in
            let bench = try JobBench(folder)
            let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]
            let images = try bench.file("images.gz", gzip(header + [UInt8](repeating: 9, count: 32)))
            let raw = try bench.products(Self.spec([images, try bench.file("README.md", [35])])).artifacts[0]
            #expect(raw.facts.images == 2 && raw.facts.width == 4)
            let files = try (0..<4).map { try bench.file("\($0 % 2)/\($0).png", Self.png(8, value: UInt8($0))) }
            let made = try bench.products(Self.spec(files)).artifacts[0]
            #expect(made.facts.images == 4 && made.facts.labelled && made.facts.width == 8)
            let dataset = try DatasetContainer.decode(name: "x", bytes: made.bytes)
            #expect(dataset.labels == [0, 1, 0, 1] && dataset.pixels[64] == 1)
        }
    }

    @Test func imagesForAModelAreKnownByTheirHeaders() throws {
        #expect(throws: JobError.self) {
            try UserImage.values(try Self.bomb(), name: "b.png", height: 28, width: 28, channels: 1)
        }
    }
}
