extension TreeVAEConfiguration {
    /// The number of trained values of a tree of the given shape, from the sizes alone: what a file must at least hold
    /// before networks of that size are made for it.
    package func parameterCount(_ topology: TreeTopology) -> Int {
        topology.nodes.reduce(sharedCount) { $0 + nodeCount($1.kind, depth: $1.depth) }
    }

    /// The number of trained values of the tree with that many leaves whose depths differ by one at most; fewer leaves where
    /// they do not fit. Depth by depth, for a broker counts the trees of thousands of jobs.
    package func parameterCount(leaves: Int) -> Int {
        var (count, nodes, missing) = (sharedCount, 1, leaves - 1)
        for depth in 0...maximumDepth {
            let splits = depth < maximumDepth ? min(nodes, missing) : 0
            count += splits * nodeCount(.split, depth: depth)
            if splits < nodes { count += (nodes - splits) * nodeCount(.leaf, depth: depth) }
            (nodes, missing) = (2 * splits, missing - splits)
        }
        return count
    }

    /// Of everything that all nodes read.
    private var sharedCount: Int {
        var count = encoderCount
        for level in 1..<levels {
            count += blockCount(bottomUpChannels[level - 1], bottomUpChannels[level], latent: latentChannels[level])
        }
        for level in 0..<contrastiveLevels { count += projectionCount(bottomUpChannels[level]) }
        return count
    }

    private func nodeCount(_ kind: TreeTopology.Kind, depth: Int) -> Int {
        let (feature, latent) = (bottomUpChannels(depth: depth), latentChannels(depth: depth))
        var count = headCount(feature, latent)
        if depth > 0 { count += blockCount(latentChannels(depth: depth - 1), feature, latent: latent) }
        switch kind {
        case .split: count += routerCount(latent, width: feature) + routerCount(feature, width: feature)
        case .passThrough: break
        case .leaf: count += decoderCount(latent)
        }
        return count
    }

    private func headCount(_ inputs: Int, _ outputs: Int) -> Int { 2 * 9 * inputs * outputs }

    private func blockCount(_ inputs: Int, _ outputs: Int, latent: Int) -> Int {
        9 * inputs * (2 * inputs + outputs) + 2 * (2 * inputs + outputs) + headCount(outputs, latent)
    }

    private func routerCount(_ inputs: Int, width: Int) -> Int {
        9 * inputs + representationSize * representationSize * width + width * width + 4 * width + width + 1
    }

    private func projectionCount(_ inputs: Int) -> Int {
        let (width, embedding) = (128, 10)
        return 9 * inputs + representationSize * representationSize * width + 2 * width + 2 * (width + 1) * embedding
    }

    private var encoderCount: Int {
        switch architecture {
        case .convolutional:
            return StridedSteps(
                size: (imageSize, representationSize), channels: (imageChannels, bottomUpChannels[0])
            ).steps.reduce(0) { $0 + $1.kernel * $1.kernel * $1.inputs * $1.outputs + 2 * $1.outputs }
        case .residual:
            let ends = (Self.imageSideChannels, bottomUpChannels[0])
            let widths = residualWidths(from: ends.0, to: ends.1)
            let down = learnedResampling ? widths.dropLast().reduce(0) { $0 + 9 * $1 * $1 + $1 } : 0
            return (9 * imageChannels + 1) * ends.0 + residualCount(ends.0, ends.0) + residualCount(widths) + down
                + 2 * ends.1
        }
    }

    private func decoderCount(_ latent: Int) -> Int {
        switch architecture {
        case .convolutional:
            let steps = StridedSteps(size: (representationSize, imageSize), channels: (latent, imageChannels)).steps
            return steps.reduce(0) { $0 + $1.kernel * $1.kernel * $1.inputs * $1.outputs }
                + steps.dropLast().reduce(0) { $0 + 2 * $1.outputs }
        case .residual:
            let end = Self.imageSideChannels
            let widths = residualWidths(from: latent, to: end)
            let up = learnedResampling ? widths.dropFirst().reduce(0) { $0 + 16 * $1 * $1 } : 0
            return residualCount(widths) + up + residualCount(end, end) + 2 * end + (9 * end + 1) * imageChannels
        }
    }

    private func residualCount(_ widths: [Int]) -> Int {
        zip(widths, widths.dropFirst()).reduce(0) { $0 + residualCount($1.0, $1.1) }
    }

    private func residualCount(_ inputs: Int, _ outputs: Int) -> Int {
        let middle = min(inputs, outputs)
        let convolutions =
            (9 * inputs + 1) * inputs + (9 * inputs + 1) * middle + (9 * middle + 1) * outputs
            + (inputs == outputs ? 0 : inputs * outputs)
        return convolutions + 2 * (2 * inputs + middle)
    }
}
