import Wire

extension Chain {
    /// A value as a chain's file holds it.
    package indirect enum Value: Sendable {
        /// Text, or a number as it is written.
        case word(String)
        case flag(Bool)
        case list([Value])
        case table([(key: String, value: Value)])
    }

    /// Reads the tables of a chain's file: one a job, with `run` (the words of a `grove` command), `after` (jobs that must
    /// have succeeded before), and the command's options under their long names.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package init(_ jobs: [(key: String, value: Value)]) throws(RPCError) {
        var steps: [Step] = []
        for (name, job) in jobs {
            guard case .table(let entries) = job else {
                throw RPCError(.invalidArgument, "'\(name)' stands outside of a job; write [name] above it")
            }
            steps.append(try Self.step(name, entries))
        }
        try self.init(steps)
    }

    /// Options that are the business of who submits the whole.
    private static let common = ["broker", "detach", "idempotency-key", "json", "output", "patience"]

    private static func step(_ name: String, _ entries: [(key: String, value: Value)]) throws(RPCError) -> Step {
        var step = Step(name: name, words: [])
        var options: [String] = []
        for (key, value) in entries {
            switch key {
            case "run": step.words = try words(value, name)
            case "after": step.after = try list(value, name, key)
            case _ where common.contains(option(key)):
                throw RPCError(
                    .invalidArgument, "'\(key)' of '\(name)' is for the command line of 'grove submit', not the file")
            default: options += try arguments(option(key), value, name)
            }
        }
        guard !step.words.isEmpty else {
            throw RPCError(
                .invalidArgument, "'\(name)' does not say what it is; add run = \"train tree oak\", for example")
        }
        step.words += options
        return step
    }

    /// One string, cut at its spaces, or a list of words.
    private static func words(_ value: Value, _ job: String) throws(RPCError) -> [String] {
        guard case .word(let text) = value else { return try list(value, job, "run") }
        return text.split(separator: " ").map(String.init)
    }

    private static func list(_ value: Value, _ job: String, _ key: String) throws(RPCError) -> [String] {
        switch value {
        case .word(let text): return [text]
        case .list(let values):
            var words: [String] = []
            for value in values {
                guard case .word(let text) = value else { throw mistaken(key, job) }
                words.append(text)
            }
            return words
        case .flag, .table: throw mistaken(key, job)
        }
    }

    /// `set = { leaves = 10 }` is `--set leaves=10`, a list gives the option once for each of its values, and `true` is a
    /// flag.
    private static func arguments(_ option: String, _ value: Value, _ job: String) throws(RPCError) -> [String] {
        let dashes = option.count == 1 ? "-" : "--"
        switch value {
        case .flag(let isSet): return isSet ? [dashes + option] : []
        case .word, .list: return try list(value, job, option).flatMap { [dashes + option, $0] }
        case .table(let entries):
            var arguments: [String] = []
            for (key, value) in entries {
                let text: String
                switch value {
                case .flag(let isSet): text = isSet ? "true" : "false"
                default: text = try list(value, job, option).joined(separator: ",")
                }
                arguments += [dashes + option, "\(key)=\(text)"]
            }
            return arguments
        }
    }

    private static func mistaken(_ key: String, _ job: String) -> RPCError {
        RPCError(.invalidArgument, "'\(key)' of '\(job)' must be text, a number, or a list of them")
    }

    private static func option(_ key: String) -> String { String(key.map { $0 == "_" ? "-" : $0 }) }
}
