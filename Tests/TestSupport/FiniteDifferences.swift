import Neural
import Testing

/// Compares backward passes with central differences of the forward pass.
package enum FiniteDifferences {
    /// Expects the gradients of Σ rᵢ·outputᵢ, r random, with respect to each named input.
    ///
    /// Of each input `samples` elements are moved by ± `step`; errors are relative to the input's largest gradient.
    /// `forward` is run many times, so it must give the same output for the same values (mind running statistics and
    /// power iterations in training mode).
    package static func expect(
        _ name: String, inputs: [(name: String, tensor: Tensor)], training: Bool = false, step: Float = 1e-2,
        tolerance: Double = 2e-2, samples: Int = 24, sourceLocation: SourceLocation = #_sourceLocation,
        forward: (Graph) -> Tensor
    ) {
        for input in inputs { input.tensor.clearGradient() }
        let graph = Graph(training: training, recording: true)
        let output = forward(graph)
        let seed = RandomKey(seed: 1, use: 0x4644).normals(output.count)
        graph.backward(from: output, seed: seed)

        func loss() -> Double {
            let values = forward(Graph(training: training, recording: false)).values
            return zip(values, seed).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }

        for (index, input) in inputs.enumerated() {
            guard let gradient = input.tensor.gradientIfAny else {
                Issue.record("\(name): \(input.name) got no gradient", sourceLocation: sourceLocation)
                continue
            }
            let scale = (0..<input.tensor.count).reduce(0) { max($0, gradient[$1].magnitude) }
            let order = RandomKey(seed: 2, use: 0x4644, step: UInt32(index)).permutation(input.tensor.count)
            for element in order.prefix(samples) {
                let numeric = slope(of: loss, input.tensor.data + element, step)
                let error = (numeric - Double(gradient[element])).magnitude / max(Double(scale), 1e-6)
                if !(error <= tolerance) {
                    Issue.record(
                        """
                        \(name): gradient of \(input.name)[\(element)] is \(gradient[element]) where differences give \
                        \(numeric), error \(error) of the largest
                        """, sourceLocation: sourceLocation)
                }
            }
        }
    }

    /// The central difference of `loss` in the value at `pointer`, by the step as rounding leaves it.
    private static func slope(of loss: () -> Double, _ pointer: UnsafeMutablePointer<Float>, _ step: Float) -> Double {
        let value = pointer.pointee
        defer { pointer.pointee = value }
        pointer.pointee = value + step
        let (above, high) = (pointer.pointee, loss())
        pointer.pointee = value - step
        let (below, low) = (pointer.pointee, loss())
        return (high - low) / Double(above - below)
    }
}
