import Wire

/// Jobs that belong together, each after those that it waits for.
package struct Chain: Sendable {
    /// One job: the words of a `grove` command, and the options that follow them.
    package struct Step: Hashable, Sendable {
        /// What the others call it.
        package var name: String
        package var words: [String]
        /// The names of jobs that must have succeeded before.
        package var after: [String]

        package init(name: String, words: [String], after: [String] = []) {
            (self.name, self.words, self.after) = (name, words, after)
        }
    }

    /// In an order in which they can be submitted; where there is a choice, in that of their names.
    package let steps: [Step]

    /// - Throws: `RPCError` INVALID_ARGUMENT when there is no job, when one waits for a job that there is not, or when
    ///   jobs wait for each other.
    package init(_ steps: [Step]) throws(RPCError) {
        try Self.check(count: steps.count)
        guard !steps.isEmpty else {
            throw RPCError(
                .invalidArgument, "there is no job; write one as [name] with run = \"train tree oak\" below it")
        }
        let names = steps.map(\.name)
        for step in steps {
            for parent in step.after where !names.contains(parent) {
                throw Self.unknown(parent, of: step, among: names)
            }
        }
        self.steps = try Self.ordered(steps)
    }

    /// Before anything is done with them, since some of it takes the square of the time.
    package static func check(count: Int) throws(RPCError) {
        guard count <= Limits.chainJobs else {
            throw RPCError(
                .invalidArgument,
                "there are \(count) jobs, at most \(Limits.chainJobs) go into one file; submit several, "
                    + "or use --array and --sweep for jobs that differ in a number")
        }
    }

    private static func ordered(_ steps: [Step]) throws(RPCError) -> [Step] {
        var waiting = steps.sorted { $0.name < $1.name }
        var done: [Step] = []
        var known: Set<String> = []
        while !waiting.isEmpty {
            guard let next = waiting.firstIndex(where: { known.isSuperset(of: $0.after) }) else {
                throw RPCError(
                    .invalidArgument, "the jobs \(circle(waiting)) wait for each other; take one 'after' away")
            }
            known.insert(waiting[next].name)
            done.append(waiting.remove(at: next))
        }
        return done
    }

    /// Follows what the first waits for until a name comes again: "a -> b -> a".
    private static func circle(_ waiting: [Step]) -> String {
        let parents = Dictionary(waiting.map { ($0.name, $0.after) }) { first, _ in first }
        var path: [String] = []
        var name = waiting.first?.name
        while let current = name, !path.contains(current) {
            path.append(current)
            name = parents[current]?.first { parents[$0] != nil }
        }
        let start = path.firstIndex { $0 == name } ?? 0
        return (path[start...] + [path[start]]).joined(separator: " -> ")
    }

    private static func unknown(_ parent: String, of step: Step, among names: [String]) -> RPCError {
        let nearest = EditDistance.nearest(to: parent, among: names.filter { $0 != step.name })
        let hint = nearest.map { "; is '\($0)' meant?" } ?? "; there is no other job"
        return RPCError(
            .invalidArgument, "'\(step.name)' is to run after '\(parent)', which is no job of the file\(hint)")
    }
}
