import Neural

/// What the leaf adds to the time embedding.
final class LeafEmbedding: Module {
    private enum Kind {
        /// Linear, SiLU, Linear over the signal's values.
        case perceptron(Linear, Linear)
        /// A row for each leaf and a last one for "no leaf".
        case table(Parameter)
    }

    private let kind: Kind
    private let channels: Int

    init(_ configuration: UNetConfiguration, using initialiser: inout Initialiser) {
        channels = configuration.embeddingChannels
        switch configuration.leafSignal {
        case .index:
            kind = .perceptron(
                Linear(configuration.signalSize, channels, using: &initialiser),
                Linear(channels, channels, using: &initialiser))
        case .embedding:
            let bound = 1 / Float(channels).squareRoot()
            kind = .table(
                initialiser.uniform([configuration.leafCount + 1, channels], bound: bound, layout: .vector))
        }
    }

    /// `[N, 4 · model channels]` from the signal `[N, z_dim]`.
    func callAsFunction(_ signal: Tensor, in graph: Graph) -> Tensor {
        switch kind {
        case .perceptron(let first, let second):
            second(graph.activation(first(signal, in: graph), .swish), in: graph)
        case .table(let table):
            rows(of: table.value, at: signal, in: graph)
        }
    }

    func collect(_ path: String, into state: inout StateDictionary) {
        switch kind {
        case .perceptron(let first, let second):
            first.collect(StateDictionary.join(path, "0"), into: &state)
            second.collect(StateDictionary.join(path, "2"), into: &state)
        case .table(let table):
            state.add(StateDictionary.join(path, "weight"), table)
        }
    }

    /// Gathers rows; backward adds each row's gradient to its place in order of the images.
    private func rows(of table: Tensor, at indices: Tensor, in graph: Graph) -> Tensor {
        let width = channels
        let result = graph.output(Shape(indices.rows, width), from: table)
        for image in 0..<indices.rows {
            let row = Int(indices.data[image])
            precondition(row >= 0 && row < table.rows, "LeafEmbedding: leaf \(row) is not in the table")
            (result.data + image * width).update(from: table.data + row * width, count: width)
        }
        guard result.requiresGradient else { return result }
        graph.record((result, table, indices)) { kept, _ in
            let (result, table, indices) = kept
            guard let from = result.gradientIfAny else { return }
            let (to, width) = (table.gradient(), table.channels)
            for image in 0..<indices.rows {
                let row = Int(indices.data[image])
                for index in 0..<width { to[row * width + index] += from[image * width + index] }
            }
        }
        return result
    }
}
