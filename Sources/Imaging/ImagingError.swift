/// What is wrong with an image or its bytes, in one sentence that says what to do.
package struct ImagingError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
