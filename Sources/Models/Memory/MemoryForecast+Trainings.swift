import Neural

extension DiffusionTrainingSettings {
    /// The peak of a run with these settings.
    ///
    /// - Parameter datasetBytes: what the images take.
    package func memoryForecast(leafCount: Int, datasetBytes: Int) throws -> MemoryForecast {
        let settings = forTree(leafCount: leafCount)
        let network = try UNet(settings.network, seed: 0)
        let shape = Shape(settings.network.imageSize, settings.network.imageSize, settings.network.imageChannels)
        let pass = PassMemory(unit: 2) { count in
            let images = Tensor.zeros(shape.times(count))
            let graph = Graph(training: true, recording: true)
            let dropout = RandomKey(seed: 0, use: DiffusionRandomUse.dropout)
            let output = network(
                images, steps: Array(repeating: 0, count: count), reconstruction: images,
                signal: network.signal(Array(repeating: 0, count: count)), in: graph, dropout: dropout)
            graph.backward(from: graph.noiseError(output, images, settings.loss, over: output.count))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
        // Value, gradient, two moments and the average.
        return MemoryForecast(
            parameters: settings.network.parameterCount, copies: 5,
            step: pass.bytes(images: min(settings.imagesPerPass, settings.batchSize)), images: datasetBytes)
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
        let pass = PassMemory(unit: 8) { count in
            let graph = Graph(training: true, recording: true)
            let dropout = RandomKey(seed: 0, use: TreeRandomUse.dropout)
            let losses = network.pass(.zeros(shape.times(count)), noise: ZeroNoise(), dropout: dropout, in: graph)
                .losses
            graph.backward(from: losses.total(alpha: 1, in: graph))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
        // Value, gradient and two moments.
        return MemoryForecast(
            parameters: tree.parameterCount(topology), copies: 4, step: pass.bytes(images: batchSize),
            images: datasetBytes)
    }
}

extension ClassifierTraining {
    /// The peak of the run.
    package func memoryForecast() throws -> MemoryForecast {
        // Not the run's own, for a pass leaves its traces in batch statistics.
        let network = try Classifier(classifier.description, seed: 0).network
        let shape = Shape(dataset.height, dataset.width, dataset.channels)
        let pass = PassMemory(unit: 8) { count in
            let graph = Graph(training: true, recording: true)
            let logits = network.logits(network.features(.zeros(shape.times(count)), in: graph), in: graph)
            graph.backward(from: graph.crossEntropy(logits, labels: Array(repeating: 0, count: count)))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
        // Value, gradient and two moments.
        return MemoryForecast(
            parameters: network.state.parameterCount, copies: 4,
            step: pass.bytes(images: settings.batchSize), images: dataset.pixels.count)
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
