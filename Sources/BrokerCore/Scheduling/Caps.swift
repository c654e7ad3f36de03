import Wire

/// How many jobs of a user, a kind or a model may run at a time; no entry means as many as there are slots.
package struct Caps: Hashable, Sendable {
    /// Of every user that has no number of its own.
    package var eachUser: Int?
    package var users: [String: Int] = [:]
    package var kinds: [String: Int] = [:]
    package var models: [String: Int] = [:]

    package init() {}

    /// Adds one cap, written as "user=2" (each user), "user:ann=4", "kind:train-tree=1" or "model:mnist=1".
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package mutating func add(_ text: String) throws(RPCError) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let number = Int(sides[1]), number >= 0 else { throw Self.unreadable(text) }
        let names = sides[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (names[0], names.count > 1 ? names[1] : nil) {
        case ("user", nil): eachUser = number
        case ("user", let name?): users[name] = number
        case ("kind", let name?):
            guard JobKind(rawValue: name) != nil else {
                let kinds = JobKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw RPCError(.invalidArgument, "there is no kind of job '\(name)'; there are \(kinds)")
            }
            kinds[name] = number
        case ("model", let name?): models[name] = number
        default: throw Self.unreadable(text)
        }
    }

    private static func unreadable(_ text: String) -> RPCError {
        RPCError(
            .invalidArgument,
            "'\(text)' is no cap; write user=2 for each user, user:ann=4, kind:train-tree=1 or model:mnist=1")
    }

    func user(_ name: String) -> Int? { users[name] ?? eachUser }
}
