import Foundation
import Testing
import Transport
import Wire

@testable import BrokerCore

/// Blobs and artifacts, as peers see them.
@Suite struct BlobTests {
    private let bench: Bench
    private let client: PeerID
    private let content = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }

    init() throws {
        bench = try Bench()
        client = try bench.client()
    }

    private func put(_ range: Range<Int>) throws -> Grove_V1_BlobStatus {
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size) = (SHA256.hexDigest(of: content), UInt64(content.count))
        put.offset = UInt64(range.lowerBound)
        return try bench.call(client, Method.blobsPut, put, bulk: Array(content[range]))
    }

    private func stat() throws -> Grove_V1_BlobStatus {
        var stat = Grove_V1_StatBlobRequest()
        (stat.sha256, stat.size) = (SHA256.hexDigest(of: content), UInt64(content.count))
        return try bench.call(client, Method.blobsStat, stat)
    }

    @Test func travelsInPiecesAndGoesOnAfterARestart() throws {
        #expect(try stat().nextOffset == 0)
        #expect(try put(0..<262_144).nextOffset == 262_144)
        try bench.restart()
        try bench.client()
        #expect(try stat().nextOffset == 262_144)
        #expect(try put(262_144..<524_288).nextOffset == 524_288)
        #expect(try put(524_288..<700_000).complete)
        #expect(try stat().complete)
        var read = Grove_V1_ReadBlobRequest()
        read.sha256 = SHA256.hexDigest(of: content)
        var bytes: [UInt8] = []
        while bytes.count < content.count {
            read.offset = UInt64(bytes.count)
            let outgoing = try #require(try bench.send(Bench.request(Method.blobsRead, read), from: client).first)
            let response = try Bench.response(outgoing, as: Grove_V1_ReadBlobResponse.self)
            #expect(response.size == 700_000 && outgoing.message.bulk.count <= Limits.chunkBytes)
            bytes += outgoing.message.bulk
        }
        #expect(bytes == content)
    }

    private func readWhole() throws -> [UInt8] {
        var read = Grove_V1_ReadBlobRequest()
        read.sha256 = SHA256.hexDigest(of: content)
        var bytes: [UInt8] = []
        while bytes.count < content.count {
            read.offset = UInt64(bytes.count)
            let outgoing = try #require(try bench.send(Bench.request(Method.blobsRead, read), from: client).first)
            _ = try Bench.response(outgoing, as: Grove_V1_ReadBlobResponse.self)
            bytes += outgoing.message.bulk
        }
        return bytes
    }

    enum Damage: CaseIterable { case otherBytes, cut, longer, gone }

    /// DATA_LOSS says "upload again", so uploading again must help.
    @Test(arguments: Damage.allCases)
    func aDamagedBlobIsNoticedAndHeals(_ damage: Damage) throws {
        for offset in stride(from: 0, to: content.count, by: Limits.chunkBytes) {
            _ = try put(offset..<min(offset + Limits.chunkBytes, content.count))
        }
        #expect(try readWhole() == content)
        let name = SHA256.hexDigest(of: content)
        let path = "\(bench.directory)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
        let file = try FileHandle(forUpdating: URL(filePath: path))
        switch damage {
        case .otherBytes: try file.write(contentsOf: Data([1, 2, 3]))
        case .cut: try file.truncate(atOffset: 1000)
        case .longer: try file.truncate(atOffset: 800_000)
        case .gone: try FileManager.default.removeItem(atPath: path)
        }
        try file.close()
        let error = #expect(throws: RPCError.self) { try readWhole() }
        #expect(error?.code == .dataLoss && error?.message.contains("again") == true)
        if damage != .gone { #expect(bench.notes.contains { $0.contains(name) && $0.contains("damaged") }) }
        #expect(try stat().nextOffset == 0 && !stat().complete)
        for offset in stride(from: 0, to: content.count, by: Limits.chunkBytes) {
            _ = try put(offset..<min(offset + Limits.chunkBytes, content.count))
        }
        #expect(try readWhole() == content)
    }

    /// Who never reads it need not be told before.
    @Test func aBlobOfAnotherLengthIsUploadedAgain() throws {
        for offset in stride(from: 0, to: content.count, by: Limits.chunkBytes) {
            _ = try put(offset..<min(offset + Limits.chunkBytes, content.count))
        }
        let name = SHA256.hexDigest(of: content)
        var wrong = Grove_V1_StatBlobRequest()
        (wrong.sha256, wrong.size) = (name, 5)
        #expect(try bench.refusal(client, Method.blobsStat, wrong).code == .invalidArgument)
        #expect(try stat().complete)
        let path = "\(bench.directory)/blobs/\(name.prefix(2))/\(name.dropFirst(2))"
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.truncate(atOffset: 1000)
        try file.close()
        #expect(try !stat().complete)
    }

    /// Two readers at a time, one of whom stops and goes on later.
    @Test func wholeBlobsAreServedToWhoeverReads() throws {
        let small = try bench.upload(client, [1, 2, 3])
        _ = try bench.upload(client, [])
        for offset in stride(from: 0, to: content.count, by: Limits.chunkBytes) {
            _ = try put(offset..<min(offset + Limits.chunkBytes, content.count))
        }
        var read = Grove_V1_ReadBlobRequest()
        for (name, offset) in [
            (SHA256.hexDigest(of: content), 0), (SHA256.hexDigest(of: content), 0), (small.sha256, 0),
            (SHA256.hexDigest(of: content), 262_144), (SHA256.hexDigest(of: []), 0), (small.sha256, 1),
            (SHA256.hexDigest(of: content), 524_288), (SHA256.hexDigest(of: content), 262_144),
            (SHA256.hexDigest(of: content), 524_288), (SHA256.hexDigest(of: content), 700_000),
        ] {
            (read.sha256, read.offset) = (name, UInt64(offset))
            let outgoing = try #require(try bench.send(Bench.request(Method.blobsRead, read), from: client).first)
            _ = try Bench.response(outgoing, as: Grove_V1_ReadBlobResponse.self)
        }
        #expect(bench.notes.allSatisfy { !$0.contains("damaged") })
    }

    @Test func wrongBytesAreRefused() throws {
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size) = (SHA256.hexDigest(of: [1]), 1)
        #expect(try bench.refusal(client, Method.blobsPut, put, bulk: [2]).code == .dataLoss)
        let status: Grove_V1_BlobStatus = try bench.call(client, Method.blobsPut, put, bulk: [1])
        #expect(status.complete)
    }

    @Test(arguments: [
        "", "abc", "../../../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "/", count: 64),
    ])
    func namesAreHashes(_ name: String) throws {
        var (stat, put, read) = (Grove_V1_StatBlobRequest(), Grove_V1_PutBlobRequest(), Grove_V1_ReadBlobRequest())
        (stat.sha256, put.sha256, read.sha256) = (name, name, name)
        #expect(try bench.refusal(client, Method.blobsStat, stat).code == .invalidArgument)
        #expect(try bench.refusal(client, Method.blobsPut, put).code == .invalidArgument)
        #expect(try bench.refusal(client, Method.blobsRead, read).code == .invalidArgument)
    }

    @Test func sizesAndOffsetsAreChecked() throws {
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size, put.offset) = (SHA256.hexDigest(of: content), .max, 0)
        #expect(try bench.refusal(client, Method.blobsPut, put).code == .invalidArgument)
        (put.size, put.offset) = (10, .max)
        #expect(try bench.refusal(client, Method.blobsPut, put).code == .outOfRange)
        (put.size, put.offset) = (700_000, 0)
        let large = [UInt8](repeating: 0, count: Limits.chunkBytes + 1)
        #expect(try bench.refusal(client, Method.blobsPut, put, bulk: large).code == .invalidArgument)
        var read = Grove_V1_ReadBlobRequest()
        read.sha256 = SHA256.hexDigest(of: content)
        #expect(try bench.refusal(client, Method.blobsRead, read).code == .notFound)
        _ = try bench.upload(client, [1, 2, 3])
        read.sha256 = SHA256.hexDigest(of: [1, 2, 3])
        read.offset = 4
        #expect(try bench.refusal(client, Method.blobsRead, read).code == .outOfRange)
    }

    @Test func aBlobWhoseFileIsGoneIsSaidAndCanBePutAgain() throws {
        let file = try bench.upload(client, [1, 2, 3])
        let path = "\(bench.directory)/blobs/\(file.sha256.prefix(2))/\(file.sha256.dropFirst(2))"
        try FileManager.default.removeItem(atPath: path)
        var read = Grove_V1_ReadBlobRequest()
        read.sha256 = file.sha256
        #expect(try bench.refusal(client, Method.blobsRead, read).code == .dataLoss)
        _ = try bench.upload(client, [1, 2, 3])
        let _: Grove_V1_ReadBlobResponse = try bench.call(client, Method.blobsRead, read)
    }

    @Test func artifactsHaveKindsVersionsAndMakers() throws {
        try bench.makeTree("mnist")
        let second = try bench.makeTree("mnist")
        #expect(second.version == 2)
        var get = Grove_V1_GetArtifactRequest()
        get.ref.name = "mnist"
        var artifact: Grove_V1_Artifact = try bench.call(client, Method.artifactsGet, get)
        #expect(artifact.ref == second && artifact.kind == .tree && artifact.facts.leaves == 10)
        #expect(try bench.job(client, artifact.jobID).artifacts == [second])
        // The same name for a dataset: now the kind must be said.
        _ = try bench.makeArtifact(.dataset, "mnist", content: "images")
        #expect(try bench.refusal(client, Method.artifactsGet, get).message.contains("say which kind"))
        get.kind = .dataset
        artifact = try bench.call(client, Method.artifactsGet, get)
        #expect(artifact.kind == .dataset && artifact.ref.version == 1)
        var list = Grove_V1_ListArtifactsRequest()
        let all: Grove_V1_ListArtifactsResponse = try bench.call(client, Method.artifactsList, list)
        #expect(all.artifacts.map(\.ref.version) == [1, 1, 2])
        list.kind = .tree
        let trees: Grove_V1_ListArtifactsResponse = try bench.call(client, Method.artifactsList, list)
        #expect(trees.artifacts.count == 2)
        get.ref.name = "mnits"
        #expect(try bench.refusal(client, Method.artifactsGet, get).message.contains("did you mean 'mnist'"))
    }
}
