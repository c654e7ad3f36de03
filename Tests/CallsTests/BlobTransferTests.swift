import Synchronization
import Testing
import Wire

@testable import Calls

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Blobs up and down, over real sockets")
struct BlobTransferTests {
    /// The broker's side of Blobs, in memory.
    final class Store: Sendable {
        private struct State {
            var blobs: [String: [UInt8]] = [:]
            var parts: [String: [UInt8]] = [:]
        }

        private let state = Mutex(State())
        /// Loses the second half of what it has at this Put, as a broker that crashed would.
        let forgetsAtPut: Int?
        private let puts = Mutex(0)

        init(forgetsAtPut: Int? = nil) {
            self.forgetsAtPut = forgetsAtPut
        }

        var putCount: Int { puts.withLock { $0 } }

        func hold(_ bytes: [UInt8], as name: String? = nil) {
            state.withLock { $0.blobs[name ?? SHA256.hexDigest(of: bytes)] = bytes }
        }

        func bytes(_ name: BlobName) -> [UInt8]? { state.withLock { $0.blobs[name.sha256] } }

        func startPart(_ name: BlobName, _ bytes: [UInt8]) { state.withLock { $0.parts[name.sha256] = bytes } }

        func respond(_ message: WireMessage) -> [WireMessage] {
            guard message.type == .request else { return [] }
            do {
                return [try answer(message)]
            } catch {
                return [.end(message.callID, error as? RPCError ?? RPCError(.internal, "\(error)"))]
            }
        }

        private func answer(_ message: WireMessage) throws -> WireMessage {
            switch try head(message).method {
            case Method.blobsStat:
                let request = try decode(Grove_V1_StatBlobRequest.self, from: message.payload, what: "Stat")
                return .end(message.callID, payload: encode(status(request.sha256)))
            case Method.blobsPut:
                let request = try decode(Grove_V1_PutBlobRequest.self, from: message.payload, what: "Put")
                take(request, message.bulk)
                return .end(message.callID, payload: encode(status(request.sha256)))
            case Method.blobsRead:
                let request = try decode(Grove_V1_ReadBlobRequest.self, from: message.payload, what: "Read")
                guard let bytes = state.withLock({ $0.blobs[request.sha256] }) else {
                    throw RPCError(.notFound, "no such blob")
                }
                var response = Grove_V1_ReadBlobResponse()
                response.size = UInt64(bytes.count)
                let piece = bytes.dropFirst(Int(request.offset)).prefix(Int(request.length))
                return .end(message.callID, payload: encode(response), bulk: Array(piece))
            default: throw RPCError(.unimplemented, "no")
            }
        }

        private func take(_ request: Grove_V1_PutBlobRequest, _ piece: [UInt8]) {
            let number = puts.withLock { count in
                count += 1
                return count
            }
            state.withLock { state in
                var part = state.parts[request.sha256] ?? []
                if number == forgetsAtPut {
                    part.removeLast(part.count / 2)
                } else if request.offset == part.count {
                    part += piece
                }
                state.parts[request.sha256] = part
                if part.count == request.size {
                    state.parts[request.sha256] = nil
                    if SHA256.hexDigest(of: part) == request.sha256 { state.blobs[request.sha256] = part }
                }
            }
        }

        private func status(_ sha256: String) -> Grove_V1_BlobStatus {
            state.withLock { state in
                var status = Grove_V1_BlobStatus()
                status.complete = state.blobs[sha256] != nil
                status.nextOffset = UInt64((state.blobs[sha256] ?? state.parts[sha256] ?? []).count)
                return status
            }
        }
    }

    /// A broker, a connection to it, and a directory that goes away again.
    private func with(_ store: Store, _ body: (BlobTransfer, String) async throws -> Void) async throws {
        let broker = try FakeBroker(interval: 1000, respond: store.respond)
        let connection = try ConnectionTests.connect(broker.endpoint)
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "grove-calls-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        do {
            try await body(BlobTransfer(connection), directory.path)
        } catch {
            try FileManager.default.removeItem(at: directory)
            throw error
        }
        try FileManager.default.removeItem(at: directory)
    }

    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var numbers = SeededNumbers(state: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    private static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private static func contents(of directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }

    @Test("a file goes up and comes down again", arguments: [0, 1, 262_144, 262_145, 1_500_000])
    func roundTrip(_ count: Int) async throws {
        let store = Store()
        try await with(store) { transfer, directory in
            let bytes = Self.bytes(count)
            try Self.write(bytes, to: directory + "/in")
            let name = try await transfer.upload(file: directory + "/in")
            #expect(name == BlobName(of: bytes))
            #expect(store.bytes(name) == bytes)
            try await transfer.download(name, to: directory + "/out")
            #expect(try Self.read(directory + "/out") == bytes)
            #expect(try await transfer.download(name) == bytes)
            #expect(try Self.contents(of: directory) == ["in", "out"])
        }
    }

    @Test("a blob that the broker has costs no transfer; a part of one is gone on with")
    func resume() async throws {
        let bytes = Self.bytes(1_000_000)
        let name = BlobName(of: bytes)
        let whole = Store()
        whole.hold(bytes)
        try await with(whole) { transfer, _ in try await transfer.upload(bytes) }
        #expect(whole.putCount == 0)
        let part = Store()
        part.startPart(name, Array(bytes.prefix(600_000)))
        try await with(part) { transfer, _ in try await transfer.upload(bytes) }
        #expect(part.bytes(name) == bytes)
        #expect(part.putCount == 2)
    }

    @Test("a broker that lost a part gets it again")
    func fallingBack() async throws {
        let bytes = Self.bytes(1_000_000)
        let store = Store(forgetsAtPut: 3)
        try await with(store) { transfer, _ in try await transfer.upload(bytes) }
        #expect(store.bytes(BlobName(of: bytes)) == bytes)
    }

    @Test("a broker that never takes the bytes ends the upload")
    func neverTaken() async throws {
        // Named wrongly, so that the bytes never match.
        try await with(Store()) { transfer, directory in
            try Self.write([1, 2, 3], to: directory + "/in")
            let wrong = BlobName(sha256: String(repeating: "0", count: 64), size: 3)
            let error = await #expect(throws: RPCError.self) {
                try await transfer.upload(file: directory + "/in", named: wrong)
            }
            #expect(error?.code == .dataLoss)
        }
    }

    @Test("bytes that do not match their hash leave no file")
    func wrongBytes() async throws {
        let store = Store()
        let bytes = Self.bytes(300_000)
        let name = BlobName(of: bytes)
        store.hold(Self.bytes(300_000, seed: 2), as: name.sha256)
        try await with(store) { transfer, directory in
            let error = await #expect(throws: RPCError.self) {
                try await transfer.download(name, to: directory + "/out")
            }
            #expect(error?.code == .dataLoss)
            let left = try Self.contents(of: directory)
            #expect(left.isEmpty)
        }
    }

    @Test("another size than promised is refused before it fills the disk")
    func wrongSize() async throws {
        let store = Store()
        let bytes = Self.bytes(300_000)
        store.hold(bytes)
        try await with(store) { transfer, _ in
            let wrong = BlobName(sha256: SHA256.hexDigest(of: bytes), size: 200_000)
            let error = await #expect(throws: RPCError.self) { _ = try await transfer.download(wrong) }
            #expect(error?.code == .dataLoss)
        }
    }

    @Test("another file of the same name is never overwritten unless asked; the same file is fine")
    func overwriting() async throws {
        let store = Store()
        let bytes = Self.bytes(1000)
        store.hold(bytes)
        try await with(store) { transfer, directory in
            let path = directory + "/out"
            try Self.write([9, 9], to: path)
            let error = await #expect(throws: FileError.self) {
                try await transfer.download(BlobName(of: bytes), to: path)
            }
            #expect(error?.kind == .exists)
            #expect(try Self.read(path) == [9, 9])
            try await transfer.download(BlobName(of: bytes), to: path, replacing: true)
            #expect(try Self.read(path) == bytes)
            try await transfer.download(BlobName(of: bytes), to: path)
            #expect(try Self.contents(of: directory) == ["out"])
        }
    }

    @Test("files that cannot be read or written are said in words")
    func fileErrors() async throws {
        try await with(Store()) { transfer, directory in
            let missing = await #expect(throws: FileError.self) {
                try await transfer.upload(file: directory + "/nothing")
            }
            #expect(missing?.kind == .missing)
            #expect(missing?.description.contains("there is no file") == true)
            let folder = await #expect(throws: FileError.self) { try await transfer.upload(file: directory) }
            #expect(folder?.kind == .unreadable)
            let nowhere = await #expect(throws: FileError.self) {
                try await transfer.download(BlobName(of: [1]), to: directory + "/no/such/folder")
            }
            #expect(nowhere?.kind == .unwritable)
        }
    }

    @Test("an unknown blob is NOT_FOUND")
    func unknown() async throws {
        try await with(Store()) { transfer, _ in
            let error = await #expect(throws: RPCError.self) { _ = try await transfer.download(BlobName(of: [1])) }
            #expect(error?.code == .notFound)
        }
    }

    @Test("cancelling the task stops a transfer that waits")
    func cancelled() async throws {
        let broker = try FakeBroker { _ in [] }
        let connection = try ConnectionTests.connect(broker.endpoint)
        let task = Task { try await BlobTransfer(connection).upload([1, 2, 3]) }
        try await eventually("the request arrives") { !broker.received(.request).isEmpty }
        task.cancel()
        let error = await #expect(throws: RPCError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }
}
