/// A statement that fails once, on purpose: for tests of what a request leaves behind that did not get to its end.
final class StatementFault {
    /// Statements until then; `nil` when none is to fail.
    var countdown: Int?

    /// - Throws: `StoreError` of kind `.constraint`, for the statement that is to fail.
    func strike() throws {
        guard let left = countdown else { return }
        countdown = left == 0 ? nil : left - 1
        if left == 0 { throw StoreError(kind: .constraint, message: "a statement failed, as a test wanted it") }
    }
}

extension JobStore {
    /// Lets one statement fail, after `count` others.
    package func failStatement(after count: Int) throws { try withFault { $0.countdown = count } }

    /// Takes a fault back that has not struck.
    /// - Returns: whether it had not.
    package func withdrawFault() throws -> Bool {
        try withFault { fault in
            defer { fault.countdown = nil }
            return fault.countdown != nil
        }
    }
}
