import ArgumentParser
import GroveClient
import TOMLKit

/// A chain's file, read and checked: everything that can be wrong is found before anything is submitted.
struct ChainFile {
    struct Job {
        let step: Chain.Step
        let command: any JobCommand
    }

    /// Parents first.
    let jobs: [Job]

    /// - Throws: `RPCError` INVALID_ARGUMENT, or `FileError`.
    init(_ path: String) throws {
        let text = try LocalFile.text(path)
        try TOMLBounds.check(text, of: path)
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw RPCError(
                .invalidArgument, "'\(path)' is not TOML: line \(error.source.begin.line), \(error.description)")
        }
        try Chain.check(count: table.count)
        jobs = try Chain(Self.entries(table, path)).steps.map { step in
            Job(step: step, command: try Self.command(step))
        }
    }

    /// The command that a step's words make.
    private static func command(_ step: Chain.Step) throws -> any JobCommand {
        let parsed: any ParsableCommand
        do {
            parsed = try Grove.parseAsRoot(step.words)
        } catch {
            let complaint = Grove.message(for: error).split(separator: "\n").first ?? "it cannot be read"
            throw RPCError(.invalidArgument, "'\(step.name)': \(complaint)")
        }
        guard let command = parsed as? any JobCommand else {
            throw RPCError(
                .invalidArgument,
                "'\(step.name)' runs 'grove \(step.words.joined(separator: " "))', which submits no job")
        }
        return command
    }

    private static func entries(_ table: TOMLTable, _ path: String) throws(RPCError) -> [(
        key: String, value: Chain.Value
    )] {
        var entries: [(key: String, value: Chain.Value)] = []
        for (key, value) in table { entries.append((key, try self.value(value, key, path))) }
        return entries
    }

    private static func value(
        _ value: any TOMLValueConvertible, _ key: String, _ path: String
    ) throws(RPCError) -> Chain.Value {
        if let text = value.string { return .word(text) }
        if let number = value.int { return .word("\(number)") }
        if let number = value.double { return .word("\(number)") }
        if let flag = value.bool { return .flag(flag) }
        if let table = value.table { return .table(try entries(table, path)) }
        guard let array = value.array else {
            throw RPCError(
                .invalidArgument, "'\(key)' in '\(path)' is a date or a time; write it as text, in quotes")
        }
        var values: [Chain.Value] = []
        for element in array { values.append(try self.value(element, key, path)) }
        return .list(values)
    }
}
