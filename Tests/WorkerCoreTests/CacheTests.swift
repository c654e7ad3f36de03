import Foundation
import Synchronization
import Testing
import Wire
import WorkerCore

@Suite struct CacheTests {
    @Test func fetchesOnceAndMendsDamage() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            let sha256 = try broker.upload([7, 8, 9])
            let cache = try BlobCache(directory: folder, capacity: 100, link: broker)
            #expect(try cache.bytes(sha256: sha256, size: 3) == [7, 8, 9])
            #expect(try cache.bytes(sha256: sha256, size: 3) == [7, 8, 9])
            #expect(broker.state.withLock { $0.downloads.count } == 1)
            try Data([0]).write(to: folder.appending(path: sha256))
            #expect(try cache.bytes(sha256: sha256, size: 3) == [7, 8, 9])
            #expect(broker.state.withLock { $0.downloads.count } == 2)
            #expect(try Data(contentsOf: folder.appending(path: sha256)) == Data([7, 8, 9]))
        }
    }

    @Test func theLeastRecentlyUsedGoesFirst() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            let cache = try BlobCache(directory: folder, capacity: 25, link: broker)
            let names = try (UInt8(0)..<3).map { try broker.upload(Array(repeating: $0, count: 10)) }
            for name in [names[0], names[1], names[0], names[2]] {
                _ = try cache.bytes(sha256: name, size: 10)
                // Files' times tell the order of use.
                Thread.sleep(forTimeInterval: 0.02)
            }
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(kept) == [names[0], names[2]])
        }
    }

    @Test func aNameThatIsNoHashIsNoPath() throws {
        try withScratchFolder { folder in
            let cache = try BlobCache(directory: folder, capacity: 25, link: FakeBroker())
            #expect(throws: JobError.self) { try cache.bytes(sha256: "../secret", size: 3) }
        }
    }

    @Test func gzipInflates() throws {
        // "grove\n" by gzip -9 -n.
        let bytes: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0x2F, 0xCA, 0x2F, 0x4B, 0xE5,
            0x02, 0x00, 0xA5, 0xA8, 0x47, 0xEC, 0x06, 0x00, 0x00, 0x00,
        ]
        #expect(Gzip.isGzip(bytes))
        #expect(try Gzip.inflate(bytes, name: "x.gz", limit: 6) == Array("grove\n".utf8))
        let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 5) }
        #expect(try Gzip.inflate(gzip(large), name: "x.gz", limit: large.count) == large)
        #expect(try Gzip.inflate(bytes + gzip([1, 2]), name: "x.gz", limit: 8) == Array("grove\n".utf8) + [1, 2])
    }

    @Test func gzipRefusesDamageAndBombs() throws {
        let bytes = gzip(Array(repeating: 5, count: 1000))
        for damaged in [Array(bytes.dropLast(4)), Array(bytes.prefix(18)), bytes + [1, 2, 3]] {
            #expect(throws: JobError.self) { try Gzip.inflate(damaged, name: "x.gz", limit: 5000) }
        }
        var wrong = bytes
        wrong[100] ^= 1
        #expect(throws: JobError.self) { try Gzip.inflate(wrong, name: "x.gz", limit: 5000) }
        #expect(throws: JobError.self) { try Gzip.inflate(bytes, name: "x.gz", limit: 999) }
    }
}
