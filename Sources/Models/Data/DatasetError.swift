/// What is wrong with a data set or its files, in one sentence that says what to do.
package struct DatasetError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
