/// What is wrong with a tree's file or settings, in one sentence that says where and what is expected.
package struct TreeError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
