import Neural

/// What a training run will take of the machine's memory at its peak, said before it starts.
///
/// Parameters are counted. A step's buffers are measured with two small batches on a network of the same build that is
/// thrown away, and carried on in a straight line to the batch that is wanted: every large buffer belongs to the images of
/// the batch.
package struct MemoryForecast: Sendable, Equatable {
    /// Bytes of parameters, their gradients, and what optimiser and average keep of them.
    package let parameters: Int
    /// Bytes of the tensors that a step holds at once, and of the scratch memory of its kernels.
    package let step: Int
    /// Bytes of the images.
    package let images: Int

    package var total: Int { parameters + step + images }

    /// - Parameters:
    ///   - parameters: how many there are.
    ///   - copies: floats kept of each, itself included.
    ///   - batch: images that one pass takes.
    ///   - unit: the fewest images of a pass that is a fair sample: buffers come in sizes an eighth apart.
    ///   - pass: forward and backward with that many images.
    init(parameters: Int, copies: Int, images: Int, batch: Int, unit: Int, pass: (Int) throws -> Void) rethrows {
        let few = try BufferMeter.bytes { try pass(unit) }
        let more = try BufferMeter.bytes { try pass(2 * unit) }
        let units = (batch + unit - 1) / unit
        self.parameters = parameters * copies * MemoryLayout<Float>.stride
        self.images = images
        step = max(few, few + (more - few) * (units - 1))
    }
}

extension DiffusionTrainingSettings {
    /// The peak of a run with these settings.
    ///
    /// - Parameter datasetBytes: what the images take.
    package func memoryForecast(leafCount: Int, datasetBytes: Int) throws -> MemoryForecast {
        let settings = forTree(leafCount: leafCount)
        let network = try UNet(settings.network, seed: 0)
        let shape = Shape(settings.network.imageSize, settings.network.imageSize, settings.network.imageChannels)
        // Value, gradient, two moments and the average.
        return MemoryForecast(
            parameters: settings.network.parameterCount, copies: 5, images: datasetBytes,
            batch: min(settings.imagesPerPass, settings.batchSize), unit: 2
        ) { count in
            let images = Tensor.zeros(shape.times(count))
            let graph = Graph(training: true, recording: true)
            let dropout = RandomKey(seed: 0, use: DiffusionRandomUse.dropout)
            let output = network(
                images, steps: Array(repeating: 0, count: count), reconstruction: images,
                signal: network.signal(Array(repeating: 0, count: count)), in: graph, dropout: dropout)
            graph.backward(from: graph.noiseError(output, images, settings.loss, over: output.count))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
    }
}

extension TreeTrainingSettings {
    /// The peak of a run with these settings: that of the whole tree where it is trained as a whole once it has grown, else
    /// of its first three nodes.
    ///
    /// - Parameter datasetBytes: what the images take.
    package func memoryForecast(datasetBytes: Int) throws -> MemoryForecast {
        let growsWhole = final.epochs > 0 || (intermediate.epochs > 0 && splitsPerIntermediate > 0)
        let topology = TreeTopology.balanced(leaves: growsWhole ? clusters : 2, maximumDepth: tree.maximumDepth)
        let network = try TreeVAE(tree, topology: topology, seed: 0)
        let shape = Shape(tree.imageSize, tree.imageSize, tree.imageChannels)
        // Value, gradient and two moments.
        return MemoryForecast(
            parameters: tree.parameterCount(topology), copies: 4, images: datasetBytes,
            batch: batchSize, unit: 8
        ) { count in
            let graph = Graph(training: true, recording: true)
            let dropout = RandomKey(seed: 0, use: TreeRandomUse.dropout)
            let losses = network.pass(.zeros(shape.times(count)), noise: ZeroNoise(), dropout: dropout, in: graph)
                .losses
            graph.backward(from: losses.total(alpha: 1, in: graph))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
    }
}

extension TreeTopology {
    /// The tree with that many leaves whose depths differ by one at most; fewer where they do not fit.
    static func balanced(leaves: Int, maximumDepth: Int) -> TreeTopology {
        var nodes = [Node(index: 0, parent: nil, left: nil, right: nil, kind: .leaf, depth: 0)]
        var next = 0
        while nodes.count < 2 * leaves - 1, nodes[next].depth < maximumDepth {
            let (node, first) = (nodes[next], nodes.count)
            nodes[next] = Node(
                index: next, parent: node.parent, left: first, right: first + 1, kind: .split, depth: node.depth)
            for child in [first, first + 1] {
                nodes.append(
                    Node(index: child, parent: next, left: nil, right: nil, kind: .leaf, depth: node.depth + 1))
            }
            next += 1
        }
        return TreeTopology(trusted: nodes)
    }
}
