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

    @Test(
        "dates and times are refused before the parser ends the process at one that is cut short",
        arguments: [
            "a = 2026-11-24T:0", "a = 2026-11-24T!", "a = 2026-11-24 é", "a = [1,\n2026-11-24T", "a = {b = 19:0",
            "a = 1:",
        ])
    func times(text: String) { #expect(refusal(text).contains("a date or a time")) }

    @Test(
        "only ASCII stands outside of quotes and comments, and no line separator of Unicode's anywhere",
        arguments: [
            ("r = [\"\",\u{2028}", "line separator"), ("# a\u{2029}b", "line separator"),
            ("a = \"\u{85}\"", "line separator"),
            ("a\u{B}= 1", "control"), ("a = 1\r", ""), ("a = 'x'\u{202E}", "direction"),
            ("a =\u{A0}1", "outside of quotes"),
            ("ü = 1", "outside of quotes"), ("a = [1,\u{3000}2]", "outside of quotes"), ("a = é", "outside of quotes"),
        ])
    func onlyASCII(text: String, word: String) {
        if word.isEmpty {
            #expect(throws: Never.self) { try TOMLBounds.check(text, of: "night.toml") }
        } else {
            #expect(refusal(text).contains(word))
        }
    }

    @Test(
        "where a value must be there is one",
        arguments: [
            "n=[\"\",}", "a = [}", "a = [1, # }\n }", "a = {b = }", "a = {b = ,", "a = ]", "a =\n", "a = # 1\n",
            "a = [,1]",
            "a = [1,,2]", "a = = 1", "a = [[}]",
        ])
    func values(text: String) { #expect(refusal(text).contains("no value")) }

    @Test(
        "a NUL that is written as an escape is refused: it would end a key",
        arguments: ["[t.\"\\u0000\"]", "\"a\\U00000000\" = 1", "a = \"\"\"x\\u0000\"\"\"", "\"\\x00\" = 1"])
    func nul(text: String) { #expect(refusal(text).contains("NUL")) }

    @Test("lists may be empty, end with a comma and have lines and comments")
    func lists() throws {
        try TOMLBounds.check(
            "a = []\nb = [ ]\nc = [1, 2,]\nd = [ # one\n  1, # two\n  [2, 3],\n  {x = [], y = \"}\"},\n]\r\ne = {}\n[t]\n[[u]]\n",
            of: "night.toml")
    }

    @Test("comments, texts and a byte order mark may be what they like")
    func texts() throws {
        try TOMLBounds.check("a = '\\u0000'\nb = \"\\\\u0000 \\u00e9\"\n", of: "night.toml")
        try TOMLBounds.check("\u{FEFF}# ü é 字 👩‍👩‍👧\r\n\"ü\" = 'é 字' # \u{A0}\r\n", of: "night.toml")
    }

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
            set.learning_rate = 1e-3
            window = "19:00-07:00" # 2026-11-24T19:00
            [2026-11-24]
            job-1-a = [-1, -0.5, 2.5E-3]
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
