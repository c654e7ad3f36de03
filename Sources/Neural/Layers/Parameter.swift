/// Values that training changes, with the way their axes are turned for files.
package final class Parameter: Sendable {
    /// In our axis order; requires a gradient.
    package let value: Tensor
    package let layout: ParameterLayout

    package init(_ value: Tensor, layout: ParameterLayout) {
        precondition(value.requiresGradient, "Parameter: the tensor of shape \(value.shape) must require a gradient")
        self.value = value
        self.layout = layout
    }

    /// The shape in PyTorch's files.
    package var torchShape: [Int] { layout.torchShape(value.shape) }
}
