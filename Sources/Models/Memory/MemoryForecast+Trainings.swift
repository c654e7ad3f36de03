import Neural

extension DiffusionTrainingSettings {
    /// Of each parameter: value, gradient, two moments and the average.
    static let copies = 5
    /// The fewest images of a pass that is measured.
    static let measuredImages = 2

    /// The peak of a run with these settings.
    ///
    /// - Parameter datasetBytes: what the images take.
    package func memoryForecast(leafCount: Int, datasetBytes: Int) throws -> MemoryForecast {
        let settings = forTree(leafCount: leafCount)
        let network = try UNet(settings.network, seed: 0)
        let shape = Shape(settings.network.imageSize, settings.network.imageSize, settings.network.imageChannels)
        let pass = PassMemory(unit: Self.measuredImages) { count in
            let images = Tensor.zeros(shape.times(count))
            let graph = Graph(training: true, recording: true)
            let dropout = RandomKey(seed: 0, use: DiffusionRandomUse.dropout)
            let output = network(
                images, steps: Array(repeating: 0, count: count), reconstruction: images,
                signal: network.signal(Array(repeating: 0, count: count)), in: graph, dropout: dropout)
            graph.backward(from: graph.noiseError(output, images, settings.loss, over: output.count))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
        return MemoryForecast(
            parameters: settings.network.parameterCount, copies: Self.copies,
            step: pass.bytes(images: min(settings.imagesPerPass, settings.batchSize)), images: datasetBytes)
    }
}

extension TreeTrainingSettings {
    /// Of each parameter: value, gradient and two moments.
    static let copies = 4
    /// The fewest images of a pass that is measured.
    static let measuredImages = 8

    /// The largest tree that is trained as a whole.
    var grownTopology: TreeTopology {
        let growsWhole = final.epochs > 0 || (intermediate.epochs > 0 && splitsPerIntermediate > 0)
        return .balanced(leaves: growsWhole ? clusters : 2, maximumDepth: tree.maximumDepth)
    }

    /// The peak of a run with these settings: that of the whole tree where it is trained as a whole once it has grown, else
    /// of its first three nodes.
    ///
    /// - Parameter datasetBytes: what the images take.
    package func memoryForecast(datasetBytes: Int) throws -> MemoryForecast {
        let topology = grownTopology
        let network = try TreeVAE(tree, topology: topology, seed: 0)
        let shape = Shape(tree.imageSize, tree.imageSize, tree.imageChannels)
        let pass = PassMemory(unit: Self.measuredImages) { count in
            let graph = Graph(training: true, recording: true)
            let dropout = RandomKey(seed: 0, use: TreeRandomUse.dropout)
            let losses = network.pass(.zeros(shape.times(count)), noise: ZeroNoise(), dropout: dropout, in: graph)
                .losses
            graph.backward(from: losses.total(alpha: 1, in: graph))
            for (_, parameter) in network.state.parameters { parameter.value.clearGradient() }
        }
        return MemoryForecast(
            parameters: tree.parameterCount(topology), copies: Self.copies, step: pass.bytes(images: batchSize),
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
