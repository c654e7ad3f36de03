import Foundation
import SwiftProtobuf
import Testing
import Wire

/// The vectors that every implementation of the protocol must pass: Protocol/vectors/frames.json.
@Suite struct VectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name = ""
        var frames: [String] = []
        var means: Meaning?
        var refused: String?

        var testDescription: String { name }
    }

    struct Meaning: Sendable {
        let type: String
        let callID: String
        let sequence: UInt32
        let envelope: Content?
        let payload: Content?
        let bulk: String
    }

    /// A protobuf message and what it says, in protobuf's JSON.
    struct Content: Sendable {
        let message: String
        let json: String
    }

    static let vectors: [Vector] = {
        let file = URL(filePath: #filePath).appending(path: "../../../Protocol/vectors/frames.json").standardized
        do {
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            return try (json as? [[String: Any]] ?? []).map(vector)
        } catch {
            Issue.record("cannot read \(file.path): \(error)")
            return []
        }
    }()

    private static func vector(_ json: [String: Any]) throws -> Vector {
        var vector = Vector()
        vector.name = try #require(json["name"] as? String)
        vector.frames = try #require(json["frames"] as? [String])
        vector.refused = json["refused"] as? String
        if let means = json["means"] as? [String: Any] {
            vector.means = Meaning(
                type: try #require(means["type"] as? String), callID: try #require(means["call_id"] as? String),
                sequence: try #require(means["sequence"] as? UInt32), envelope: try content(means["envelope"]),
                payload: try content(means["payload"]), bulk: means["bulk"] as? String ?? "")
        }
        return vector
    }

    private static func content(_ json: Any?) throws -> Content? {
        guard let json = json as? [String: Any] else { return nil }
        let object = try JSONSerialization.data(withJSONObject: try #require(json["json"]))
        return Content(
            message: try #require(json["message"] as? String), json: String(decoding: object, as: UTF8.self))
    }

    static let messages: [String: any Message.Type] = [
        "grove.v1.Hello": Grove_V1_Hello.self, "grove.v1.Welcome": Grove_V1_Welcome.self,
        "grove.v1.RequestHead": Grove_V1_RequestHead.self, "grove.v1.Status": Grove_V1_Status.self,
        "grove.v1.Credit": Grove_V1_Credit.self, "grove.v1.GoAway": Grove_V1_GoAway.self,
        "grove.v1.SubmitRequest": Grove_V1_SubmitRequest.self, "grove.v1.SubmitResponse": Grove_V1_SubmitResponse.self,
        "grove.v1.PutBlobRequest": Grove_V1_PutBlobRequest.self, "grove.v1.LogLine": Grove_V1_LogLine.self,
    ]

    @Test func thereAreVectorsOfBothSorts() {
        #expect(Self.vectors.filter { $0.means != nil }.count >= 14)
        #expect(Self.vectors.filter { $0.refused != nil }.count >= 40)
    }

    @Test(arguments: vectors.filter { $0.means != nil })
    func isUnderstood(_ vector: Vector) throws {
        let frames = try vector.frames.map { try #require(Hexadecimal.bytes($0)) }
        let means = try #require(vector.means)
        let message = try WireMessage(frames: frames)
        #expect("\(message.type)".uppercased() == means.type)
        #expect(message.callID.description == means.callID)
        #expect(message.sequence == means.sequence)
        #expect(Hexadecimal.text(message.bulk) == means.bulk)
        #expect(message.frames == frames, "what was read is written back unchanged")
        try expect(message.envelope, is: means.envelope)
        try expect(message.payload, is: means.payload)
    }

    private func expect(_ bytes: [UInt8], is content: Content?) throws {
        guard let content else {
            #expect(bytes.isEmpty)
            return
        }
        let type = try #require(Self.messages[content.message])
        try expect(bytes, is: content, as: type)
    }

    private func expect<M: Message>(_ bytes: [UInt8], is content: Content, as type: M.Type) throws {
        let expected = try M(jsonString: content.json)
        #expect(try decode(type, from: bytes, what: "the vector").isEqualTo(message: expected))
    }

    @Test(arguments: vectors.filter { $0.refused != nil })
    func isRefused(_ vector: Vector) throws {
        let frames = try vector.frames.map { try #require(Hexadecimal.bytes($0)) }
        let error = try #require(throws: WireError.self) { try WireMessage(frames: frames) }
        #expect(error.rpcError.code.name == vector.refused)
    }
}
