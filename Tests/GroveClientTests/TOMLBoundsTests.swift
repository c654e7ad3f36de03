import Testing

@testable import GroveClient

@Suite("A chain's file is counted before it is parsed")
struct TOMLBoundsTests {
    private func refusal(_ text: String) -> String {
        #expect(throws: RPCError.self) { try TOMLBounds.check(text, of: "night.toml") }?.message ?? ""
    }

    private static let deepKey = Array(repeating: "a", count: 20_000).joined(separator: ".")

    @Test(
        "deep keys are refused wherever the parser would find them",
        arguments: [
            deepKey + " = 1", "[\(deepKey)]", "a = { \(deepKey) = 1 }", "x = 'a' # '\n\(deepKey) = 1",
            "a = { b = '''x'''', \(deepKey) = 1 }", "a = { b = \"\"\"x\"\"\"\"\", \(deepKey) = 1 }",
            "b = \"\\\\\"\n\(deepKey) = 1", "b = 'not closed\n\(deepKey) = 1", "b = ''\n\(deepKey) = 1",
            deepKey.replacing("a", with: "\"a\"") + " = 1",
        ])
    func deepKeys(text: String) { #expect(refusal(text).contains("dots")) }

    @Test("nested lists and tables are refused")
    func nesting() {
        #expect(refusal("a = " + String(repeating: "[", count: 100_000)).contains("brackets"))
        #expect(refusal("\n\na = " + String(repeating: "{a=", count: 100)).hasPrefix("line 3 of 'night.toml'"))
    }

    @Test("long lists and many keys are refused")
    func values() {
        #expect(refusal("a = [" + String(repeating: "1,", count: 30_000)).contains("value"))
        #expect(refusal((0..<30_000).map { "k\($0) = 1\n" }.joined()).contains("value"))
    }

    @Test(
        "a table's name that the parser would end the process at is refused",
        arguments: ["[übung]", "[ !]", "[[ é]]", "a = 1\n\t[\u{fffd}", "a = [1,\n2]\n[(]", "# [a]\n[", "[[", "[[\n"])
    func namesThatNeedQuotes(text: String) { #expect(refusal(text).contains("put the name in quotes")) }

    @Test("what people write passes, whatever stands in texts and comments")
    func passes() throws {
        try TOMLBounds.check(
            """
            # ... a.b.c.d [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
            [tree]
            run = "train tree oak ........................................................................"
            notes = '''
            [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ ..............................................
            '''
            set.learning_rate = 0.001
            list = [
              [1, 2],
            ]
            ["übung"]
            [[ 'é' ]]
            sweep = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.1, 0.2,
              0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.1, 0.2, 0.3, 0.4]
            """ + (0..<100).map { "\n[job\($0)]\nrun = \"sample\"\nset = { a = [1, 2], b = { c = 1 } }" }.joined(),
            of: "night.toml")
    }

    @Test("too many jobs are refused before anything is done with them")
    func tooMany() {
        let steps = (0...100).map { Chain.Step(name: "j\($0)", words: ["sample"]) }
        #expect(
            #expect(throws: RPCError.self) { try Chain(steps) }?.message.hasPrefix("there are 101 jobs, at most 100")
                == true)
    }
}
