/// What is wrong with a classifier, its file or its training, in one sentence that says what to do.
package struct ClassifierError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
