/// What is wrong with a diffusion model, its settings or a request to it, in one sentence that says what to do.
package struct DiffusionError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
