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
            #expect(broker.state.withLock { $0.downloads } == 1)
            try Data([0]).write(to: folder.appending(path: sha256))
            #expect(try cache.bytes(sha256: sha256, size: 3) == [7, 8, 9])
            #expect(broker.state.withLock { $0.downloads } == 2)
        }
    }

    @Test func keepsWithinItsCapacity() throws {
        try withScratchFolder { folder in
            let broker = FakeBroker()
            let cache = try BlobCache(directory: folder, capacity: 25, link: broker)
            for value in UInt8(0)..<5 {
                let sha256 = try broker.upload(Array(repeating: value, count: 10))
                _ = try cache.bytes(sha256: sha256, size: 10)
            }
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(kept.count == 2)
        }
    }

    @Test func gzipRefusesDamageAndBombs() throws {
        // "grove\n" by gzip -9 -n.
        let bytes: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0x2F, 0xCA, 0x2F, 0x4B, 0xE5,
            0x02, 0x00, 0xA5, 0xA8, 0x47, 0xEC, 0x06, 0x00, 0x00, 0x00,
        ]
        #expect(Gzip.isGzip(bytes))
        #expect(try Gzip.inflate(bytes, name: "x.gz", limit: 100) == Array("grove\n".utf8))
        let damaged = Array(bytes.dropLast(4))
        #expect(throws: JobError.self) { try Gzip.inflate(damaged, name: "x.gz", limit: 100) }
        #expect(throws: JobError.self) { try Gzip.inflate(Array(bytes), name: "x.gz", limit: 2) }
    }
}
