/// What stops a training run, in one sentence that says what to do.
package struct TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
