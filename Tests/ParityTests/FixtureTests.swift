import Foundation
import Neural
import TestSupport
import Testing

/// The comparison itself can fail: a test that compares nothing, or anything with anything, would pass for ever.
@Suite struct FixtureTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(at: folder)
            } catch {
                Issue.record(error)
            }
        }
        try body(folder)
    }

    private let metadata = ["kind": "adam", "config": "{\"lr\":0.5,\"n\":[1,2],\"b\":true,\"none\":null}"]

    @Test(arguments: ["unet", "treevae", "subtree", "diffusion", "adam", "metrics"])
    func everyKindIsThere(kind: String) throws {
        #expect(try !Fixture.all(kind: kind).isEmpty)
    }

    @Test func unknownKindIsAnError() {
        #expect(throws: FixtureError.self) { try Fixture.all(kind: "nothing") }
    }

    @Test func emptyFolderIsAnError() throws {
        try withFolder { folder in
            #expect(throws: FixtureError.self) { try Fixture.read(folder: folder) }
        }
    }

    @Test func damagedFileIsAnError() throws {
        try withFolder { folder in
            let tensors = [StoredTensor("a", [1, 2] as [Float], shape: [2])]
            let bytes = Safetensors.encode(tensors, metadata: metadata)
            try Data(bytes).write(to: folder.appending(path: "whole.safetensors"))
            #expect(try Fixture.read(folder: folder).map(\.name) == ["whole"])
            try Data(bytes.dropLast()).write(to: folder.appending(path: "cut.safetensors"))
            #expect(throws: FixtureError.self) { try Fixture.read(folder: folder) }
        }
    }

    @Test func settingsAreTyped() throws {
        try withFolder { folder in
            let bytes = Safetensors.encode([], metadata: metadata)
            try Data(bytes).write(to: folder.appending(path: "a.safetensors"))
            let config = try #require(try Fixture.read(folder: folder).first).config
            #expect(try config.double("lr") == 0.5)
            #expect(try config.ints("n") == [1, 2])
            #expect(try config.bool("b"))
            #expect(try config.optionalInt("none") == nil)
            #expect(throws: JSONValue.WrongType.self) { try config.int("lr") }
            #expect(throws: JSONValue.WrongType.self) { try config.string("b") }
            #expect(throws: JSONValue.WrongType.self) { try config.bool("missing") }
        }
    }

    @Test func differencesAreSeen() {
        withKnownIssue { expectClose([1, 2] as [Double], [1, 2.01], relativeToMax: 1e-3, "off") }
        withKnownIssue { expectClose([1, .nan] as [Double], [1, 2], relativeToMax: 1e-3, "not a number") }
        withKnownIssue { expectClose([1] as [Double], [1, 2], relativeToMax: 1e-3, "short") }
        withKnownIssue { expectClose([1e-9] as [Double], [0], relativeToMax: 1e-3, "nothing expected") }
        #expect(expectClose([1, 2] as [Double], [1, 2.001], relativeToMax: 1e-3, "close") > 4e-4)
    }

    @Test func vanishingGradientsHaveTheirOwnRule() {
        expectGradient([1e-6], [1e-7], ofLargest: 1, relativeToMax: 1e-3, "rounding")
        withKnownIssue { expectGradient([2e-5], [1e-7], ofLargest: 1, relativeToMax: 1e-3, "too large") }
        withKnownIssue { expectGradient([1e-5], [1e-4], ofLargest: 1, relativeToMax: 1e-3, "not vanishing") }
        withKnownIssue { expectGradient([.nan], [1e-7], ofLargest: 1, relativeToMax: 1e-3, "not a number") }
    }

    @Test func finiteDifferencesSeeAWrongBackwardPass() {
        let x = Tensor([4], [1, 2, 3, 4], requiresGradient: true)
        func square(_ graph: Graph, slope: Float) -> Tensor {
            let y = graph.output([4], from: x)
            for index in 0..<4 { y.data[index] = x.data[index] * x.data[index] }
            if y.requiresGradient {
                graph.record((y, x, slope)) { kept, _ in
                    let (y, x, slope) = kept
                    for index in 0..<4 { x.gradient()[index] += slope * x.data[index] * y.gradient()[index] }
                }
            }
            return y
        }
        FiniteDifferences.expect("square", inputs: [("x", x)]) { square($0, slope: 2) }
        withKnownIssue { FiniteDifferences.expect("wrong", inputs: [("x", x)]) { square($0, slope: 2.2) } }
    }

    @Test func channelsMoveLastAndBack() {
        let values = (0..<24).map(Float.init)
        let (shape, last) = ChannelOrder.channelsLast(values, torchShape: [2, 3, 2, 2])
        #expect(shape == [2, 2, 2, 3])
        #expect(Array(last.prefix(6)) == [0, 4, 8, 1, 5, 9])
        let back = ChannelOrder.channelsFirst(last, shape: shape)
        #expect(back.torchShape == [2, 3, 2, 2] && back.values == values)
    }
}
