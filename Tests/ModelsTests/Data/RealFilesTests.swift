import Foundation
import TestSupport
import Testing

@testable import Models

/// The files that the authors of the data sets publish: those in the folder that GROVE_DATA names, else our sample.
@Suite struct RealFilesTests {
    static let sample = Fixture.packageRoot.appending(path: "Deploy/sample-data")

    /// Inflated by gzip itself: this target must not depend on the worker's own inflating.
    static func inflate(_ url: URL) throws -> [UInt8] {
        guard url.pathExtension == "gz" else { return [UInt8](try Data(contentsOf: url)) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-d", "-c", url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return [UInt8](data)
    }

    static func read(_ names: [String], in folder: URL) throws -> ImageDataset {
        try DatasetReader.read(files: names.map { ($0, try inflate(folder.appending(path: $0))) })
    }

    @Test func theSampleIsMNIST() throws {
        let names = ["mnist-10k-images-idx3-ubyte.gz", "mnist-10k-labels-idx1-ubyte.gz"]
        let dataset = try Self.read(names, in: Self.sample)
        #expect(dataset.name == "mnist-10k" && dataset.count == 10_000)
        #expect(dataset.height == 28 && dataset.width == 28 && dataset.channels == 1)
        #expect(dataset.classNames == (0..<10).map { "\($0)" })
        #expect(dataset.labels.map { Array($0.prefix(10)) } == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        let ones = try #require(dataset.labels).count { $0 == 1 }
        #expect(ones == 1127)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["GROVE_DATA"] != nil, "GROVE_DATA names no folder"))
    func theFolderOfRealData() throws {
        let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["GROVE_DATA"]))
        let mnist = try Self.read(
            ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"], in: folder.appending(path: "mnist"))
        #expect(mnist.count == 10_000 && mnist.classNames.count == 10)
        #expect(mnist.labels.map { Array($0.prefix(5)) } == [7, 2, 1, 0, 4])
        let cifar = try Self.read(["test_batch.bin.gz"], in: folder.appending(path: "cifar-10-batches-bin"))
        #expect(cifar.count % 1000 == 0 && cifar.channels == 3 && cifar.classNames.count == 10)
        #expect(cifar.labels.map { Array($0.prefix(5)) } == [3, 8, 8, 0, 6])
        #expect(throws: DatasetError.self) {
            let packed = [UInt8](try Data(contentsOf: folder.appending(path: "mnist/t10k-images-idx3-ubyte.gz")))
            return try DatasetReader.read(files: [("t10k-images-idx3-ubyte.gz", packed)])
        }
    }
}
