import Testing

@testable import GroveClient

@Suite("Jobs that are submitted together")
struct ChainTests {
    private func refusal(_ steps: [Chain.Step]) -> String {
        #expect(throws: RPCError.self) { try Chain(steps) }?.message ?? ""
    }

    private func step(_ name: String, _ after: String...) -> Chain.Step {
        .init(name: name, words: ["sample"], after: after)
    }

    @Test("parents come first, names decide otherwise")
    func order() throws {
        let chain = try Chain([
            step("pictures", "sharp"), step("sharp", "tree"), step("measures", "tree"), step("tree"), step("alone"),
        ])
        #expect(chain.steps.map(\.name) == ["alone", "tree", "measures", "sharp", "pictures"])
    }

    @Test("a circle is shown")
    func circle() {
        #expect(
            refusal([step("a", "c"), step("b", "a"), step("c", "b"), step("d", "a"), step("e")])
                == "the jobs a -> c -> b -> a wait for each other; take one 'after' away")
        #expect(refusal([step("a", "a")]).contains("a -> a"))
        #expect(refusal([step("x", "a"), step("a", "b"), step("b", "a")]).contains("a -> b -> a"))
    }

    @Test("a job that there is not is named, with the nearest")
    func unknown() {
        #expect(
            refusal([step("tree"), step("sharp", "tre")])
                == "'sharp' is to run after 'tre', which is no job of the file; is 'tree' meant?")
        #expect(refusal([step("tree", "oak")]).hasSuffix("there is no other job"))
        #expect(refusal([]).contains("no job"))
    }

    @Test("a table is a command with its options")
    func table() throws {
        let chain = try Chain([
            (
                "sharp",
                .table([
                    ("run", .word("train diffusion digits-sharp")), ("after", .word("tree")), ("data", .word("digits")),
                    (
                        "set",
                        .table([
                            ("steps", .word("2500")), ("ema_warmup", .flag(true)),
                            ("channel_multipliers", .list([.word("1"), .word("2")])),
                        ])
                    ),
                    ("checkpoint_every", .list([.word("500"), .word("10m")])), ("n", .word("4")),
                    ("no-refine", .flag(true)), ("other", .flag(false)),
                ])
            ),
            ("tree", .table([("run", .list([.word("train"), .word("tree"), .word("a b")]))])),
        ])
        #expect(chain.steps[0] == .init(name: "tree", words: ["train", "tree", "a b"]))
        #expect(
            chain.steps[1].words == [
                "train", "diffusion", "digits-sharp", "--data", "digits", "--set", "steps=2500", "--set",
                "ema_warmup=true", "--set", "channel_multipliers=1,2", "--checkpoint-every", "500",
                "--checkpoint-every", "10m", "-n", "4", "--no-refine",
            ])
        #expect(chain.steps[1].after == ["tree"])
    }

    @Test(
        "what is wrong with a table is one sentence",
        arguments: [
            ([("data", .word("digits"))], "stands outside of a job"),
            ([("tree", .table([("data", .word("digits"))]))], "does not say what it is"),
            ([("tree", .table([("run", .word("sample")), ("output", .word("x"))]))], "command line"),
            ([("tree", .table([("run", .word("sample")), ("after", .flag(true))]))], "'after' of 'tree' must be text"),
            ([("tree", .table([("run", .table([]))]))], "'run' of 'tree' must be text"),
        ] as [([(key: String, value: Chain.Value)], String)])
    func mistakes(_ jobs: [(key: String, value: Chain.Value)], _ words: String) {
        let error = #expect(throws: RPCError.self) { try Chain(jobs) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
}
