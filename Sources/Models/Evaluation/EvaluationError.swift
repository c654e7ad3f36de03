/// What is wrong with the numbers given to a metric, in one sentence that says what to do.
package struct EvaluationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
