@testable import Neural

/// The convolutions of a network, found by running it once.
enum ConvolutionShapes {
    struct Shape: Hashable {
        let sizes: Correlation
        let isTransposed: Bool
    }

    /// Every convolution of a forward pass, as often as it is there.
    static func all(_ pass: (Graph) -> Void) -> [Shape] {
        let graph = Graph.inference
        var shapes: [Shape] = []
        graph.onConvolution = { shapes.append(Shape(sizes: $0, isTransposed: $1)) }
        pass(graph)
        return shapes
    }

    /// Multiplications and additions that direct convolutions need for a forward pass.
    static func flops(_ pass: (Graph) -> Void) -> Double {
        all(pass).reduce(0) { sum, shape in
            let sizes = shape.sizes
            return sum + 2 * Double(sizes.images * sizes.positions) * Double(sizes.patch * sizes.positionChannels)
        }
    }
}
