import Foundation
import Testing

@testable import JobStore

@Suite struct BlobStoreTests {
    private let scratch: Scratch
    private let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    private var name: String { ToyHash.of(content) }

    init() throws {
        scratch = try Scratch()
    }

    private func open(free: Int64? = nil) throws -> BlobStore {
        try BlobStore(directory: scratch.path, hash: { ToyHash() }, freeBytes: free.map { free in { _ in free } })
    }

    private func put(_ store: BlobStore, _ range: Range<Int>) throws -> BlobStatus {
        try store.put(name, size: 5000, offset: Int64(range.lowerBound), bytes: Array(content[range]))
    }

    @Test func comesBackAsItWas() throws {
        let store = try open()
        #expect(try store.status(name, size: 5000) == BlobStatus(isComplete: false, nextOffset: 0))
        #expect(try put(store, 0..<2000) == BlobStatus(isComplete: false, nextOffset: 2000))
        #expect(try put(store, 2000..<5000) == BlobStatus(isComplete: true, nextOffset: 5000))
        #expect(try store.status(name, size: 5000).isComplete)
        #expect(try store.size(of: name) == 5000)
        #expect(try store.read(name, size: 5000, offset: 0, count: 10_000) == content)
        #expect(try store.read(name, size: 5000, offset: 4990, count: 100) == Array(content[4990...]))
        #expect(try store.read(name, size: 5000, offset: 6000, count: 1).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/uploads").isEmpty)
    }

    @Test func goesOnAfterARestart() throws {
        _ = try put(try open(), 0..<2000)
        let store = try open()
        #expect(try store.status(name, size: 5000).nextOffset == 2000)
        #expect(try put(store, 2000..<5000).isComplete)
        #expect(try store.read(name, size: 5000, offset: 0, count: 5000) == content)
    }

    @Test func piecesOutOfTurnDoNoHarm() throws {
        let store = try open()
        _ = try put(store, 0..<2000)
        #expect(try put(store, 0..<1000).nextOffset == 2000)
        #expect(try put(store, 3000..<5000).nextOffset == 2000)
        #expect(try put(store, 2000..<5000).isComplete)
        #expect(try put(store, 0..<1000).isComplete)
        #expect(try store.read(name, size: 5000, offset: 0, count: 5000) == content)
    }

    @Test func refusesWrongContent() throws {
        let store = try open()
        _ = try put(store, 0..<2000)
        let wrong = [UInt8](repeating: 7, count: 3000)
        #expect(throws: BlobError.self) { try store.put(name, size: 5000, offset: 2000, bytes: wrong) }
        #expect(try store.status(name, size: 5000) == BlobStatus(isComplete: false, nextOffset: 0))
        #expect(try store.size(of: name) == nil)
        #expect(try put(store, 0..<5000).isComplete, "and starts anew")
    }

    /// A part that was damaged on the disk while nobody looked.
    @Test func noticesADamagedPart() throws {
        _ = try put(try open(), 0..<2000)
        let path = "\(scratch.path)/uploads/\(name).part"
        try Data([UInt8](repeating: 0, count: 2000)).write(to: URL(filePath: path))
        let store = try open()
        #expect(throws: BlobError.self) { try put(store, 2000..<5000) }
        #expect(try store.size(of: name) == nil)
    }

    @Test func refusesMoreThanAnnounced() throws {
        let store = try open()
        #expect(throws: BlobError.tooLong(end: 5000, size: 4999)) {
            try store.put(name, size: 4999, offset: 0, bytes: content)
        }
        _ = try put(store, 0..<5000)
        #expect(throws: BlobError.wrongSize(expected: 1, found: 5000)) { try store.status(name, size: 1) }
    }

    @Test func anEmptyBlobIsABlob() throws {
        let store = try open()
        let empty = ToyHash.of([])
        #expect(try store.put(empty, size: 0, offset: 0, bytes: []).isComplete)
        #expect(try store.read(empty, size: 0, offset: 0, count: 5).isEmpty)
    }

    @Test func aFullDiskIsSaidAndNothingIsLost() throws {
        _ = try put(try open(), 0..<2000)
        let full = try open(free: BlobStore.reserveBytes + 2999)
        let error = #expect(throws: BlobError.self) { try put(full, 2000..<5000) }
        #expect(error?.description.contains("make room") == true)
        #expect(try put(try open(), 2000..<5000).isComplete)
    }

    @Test func manyUploadsAtOnce() throws {
        let store = try open()
        let contents = (0..<40).map { index in [UInt8](repeating: UInt8(index), count: 100) }
        for half in [0..<50, 50..<100] {
            for bytes in contents {
                _ = try store.put(
                    ToyHash.of(bytes), size: 100, offset: Int64(half.lowerBound), bytes: Array(bytes[half]))
            }
        }
        for bytes in contents {
            #expect(try store.read(ToyHash.of(bytes), size: Int64(bytes.count), offset: 0, count: 100) == bytes)
        }
    }

    @Test func sweepsWhatWasLeft() throws {
        let store = try open()
        _ = try put(store, 0..<2000)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(try store.removeUploads(olderThanMS: 60_000, nowMS: now) == 0)
        #expect(try store.removeUploads(olderThanMS: 60_000, nowMS: now + 120_000) == 1)
        #expect(try open().status(name, size: 5000).nextOffset == 0)
    }

    @Test func aMissingFileIsSaid() throws {
        #expect(throws: BlobError.missing(name)) { try open().read(name, size: 5000, offset: 0, count: 1) }
    }

    /// A symbolic link that somebody put in the way is not followed.
    @Test func doesNotFollowLinks() throws {
        let target = scratch.path + "/precious"
        try Data("precious".utf8).write(to: URL(filePath: target))
        let store = try open()
        try FileManager.default.createSymbolicLink(
            atPath: "\(scratch.path)/uploads/\(name).part", withDestinationPath: target)
        #expect(throws: StoreError.self) { try put(store, 0..<2000) }
        #expect(try Data(contentsOf: URL(filePath: target)) == Data("precious".utf8))
    }

    /// A restored backup may have files from the end of all times.
    @Test(arguments: [Int.min, -1, 0, Int.max])
    func noTimeOfAFileEndsTheBroker(_ seconds: Int) {
        let time = FileSystem.milliseconds(timespec(tv_sec: seconds, tv_nsec: 999_999_999))
        #expect(seconds < 0 ? time < 0 : time >= 0)
        #expect(seconds.magnitude > 1 || time == Int64(seconds) * 1000 + 999)
    }
}
