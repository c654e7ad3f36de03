import Foundation
import Testing
import Wire

@Suite struct SettingsTextTests {
    @Test func readsEveryForm() throws {
        let tree = try SettingsText.tree([
            "preset=tiny", "leaves=5", "learning-rate=0.002", "contrastive=yes", "spectral_norm=false",
        ])
        #expect(tree.preset == "tiny")
        #expect(tree.leaves == 5)
        #expect(tree.learningRate == 0.002)
        #expect(tree.hasContrastive && tree.contrastive)
        #expect(tree.hasSpectralNorm && !tree.spectralNorm)
        #expect(!tree.hasLevels)
        let diffusion = try SettingsText.diffusion(["channel_multipliers=1,2,2", "attention_sizes=16"])
        #expect(diffusion.channelMultipliers == [1, 2, 2])
        #expect(diffusion.attentionSizes == [16])
    }

    @Test func theLaterWinsAndTheRestStays() throws {
        let start = try SettingsText.tree(["leaves=5", "levels=3"])
        let tree = try SettingsText.tree(["leaves=6", "leaves=7"], into: start)
        #expect(tree.leaves == 7)
        #expect(tree.levels == 3)
    }

    @Test func namesTheNearestKey() {
        let error = #expect(throws: RPCError.self) { try SettingsText.tree(["learnin_rate=1"]) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("'learning_rate'") == true)
        #expect(error?.message.contains("--set help") == true)
    }

    @Test(arguments: [
        "leaves=five", "leaves=1", "leaves=-3", "leaves=1.5", "learning_rate=fast", "learning_rate=nan",
        "contrastive=2",
        "preset=huge", "leaves", "=", "leaves=",
    ])
    func refusesWithASentence(_ pair: String) {
        let error = #expect(throws: RPCError.self) { try SettingsText.tree([pair]) }
        #expect(error?.message.contains(" ") == true)
    }

    @Test func sayWhatAWrongValueShouldBe() {
        let error = #expect(throws: RPCError.self) { try SettingsText.tree(["leaves=five"]) }
        #expect(error?.message == "leaves must be a whole number from 2 to 1024, not 'five'")
        let list = #expect(throws: RPCError.self) { try SettingsText.diffusion(["channel_multipliers=1,,2"]) }
        #expect(list?.message.hasPrefix("channel_multipliers must be up to 8 whole numbers") == true)
    }

    @Test func isWrittenAsItIsRead() throws {
        let pairs = ["preset=paper", "leaves=10", "output=mse", "learning_rate=0.001", "kl_start=0"]
        let settings = try SettingsText.tree(pairs)
        #expect(Set(SettingsText.text(settings)) == Set(pairs))
        #expect(try SettingsText.tree(SettingsText.text(settings)) == settings)
    }

    /// A field added to the .proto must get its line in the table.
    @Test func theTablesAreComplete() throws {
        #expect(try Self.fieldsOfProto("TreeSettings") == Grove_V1_TreeSettings.fields.map(\.name))
        #expect(try Self.fieldsOfProto("DiffusionSettings") == Grove_V1_DiffusionSettings.fields.map(\.name))
        #expect(SettingsText.treeListing.split(separator: "\n").count == Grove_V1_TreeSettings.fields.count)
    }

    /// The names of a message's fields, as they stand in the .proto.
    private static func fieldsOfProto(_ message: String) throws -> [String] {
        let file = URL(filePath: #filePath).appending(path: "../../../Protocol/grove/v1/work_kinds.proto").standardized
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n").drop { $0 != "message \(message) {" }.prefix { $0 != "}" }
        return lines.compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 5 && words[3] == "=" ? String(words[2]) : nil
        }
    }

    @Test func everyFieldReadsWhatItWrote() throws {
        for field in Grove_V1_TreeSettings.fields {
            let sample = Self.sample(field.form.description)
            let settings = try SettingsText.tree(["\(field.name)=\(sample)"])
            #expect(SettingsText.text(settings) == ["\(field.name)=\(sample)"])
        }
        for field in Grove_V1_DiffusionSettings.fields {
            let sample = Self.sample(field.form.description)
            let settings = try SettingsText.diffusion(["\(field.name)=\(sample)"])
            #expect(SettingsText.text(settings) == ["\(field.name)=\(sample)"])
        }
    }

    /// A value of a form, from its description.
    private static func sample(_ form: String) -> String {
        if form.hasPrefix("true") { return "true" }
        if form.hasPrefix("one of ") { return String(form.dropFirst(7).prefix { $0 != "," }) }
        let words = form.split(separator: " ")
        let from = words.firstIndex(of: "from").map { words[$0 + 1] } ?? "1"
        return String(from)
    }
}
