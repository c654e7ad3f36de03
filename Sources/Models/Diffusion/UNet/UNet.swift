import Neural

/// The network that predicts the noise in x_t: a U-Net with residual blocks, attention and skips (Ho et al. 2020,
/// Nichol and Dhariwal 2021), conditioned on the tree's image x̂ by concatenation and on the leaf through the time
/// embedding. Parameters carry the authors' names.
package final class UNet: Module {
    /// One entry of `input_blocks` or `output_blocks`.
    private struct Stage {
        var residual: ResidualBlock?
        var attention: AttentionBlock?
        var resampling: Conv2D?
    }

    package let configuration: UNetConfiguration
    private let timeFirst: Linear
    private let timeSecond: Linear
    private let leaf: LeafEmbedding?
    private let first: Conv2D
    private let down: [Stage]
    private let middle: (ResidualBlock, AttentionBlock, ResidualBlock)
    private let up: [Stage]
    private let headNorm: GroupNorm
    private let head: Conv2D

    /// A network with PyTorch's default starting values, and zeros where the authors set zeros.
    /// Throws if the configuration cannot work.
    package init(_ configuration: UNetConfiguration, seed: UInt64) throws(DiffusionError) {
        try configuration.validate()
        self.configuration = configuration
        let plan = UNetPlan(configuration)
        var initialiser = Initialiser(seed: seed)
        let width = configuration.embeddingChannels
        timeFirst = Linear(configuration.modelChannels, width, using: &initialiser)
        timeSecond = Linear(width, width, using: &initialiser)
        leaf = configuration.seesLeaf ? LeafEmbedding(configuration, using: &initialiser) : nil
        first = Conv2D(
            configuration.inputChannels, configuration.modelChannels, kernel: 3, padding: 1, using: &initialiser)
        var blocks: UInt32 = 0
        down = plan.input.map { Self.stage($0, &blocks, configuration, &initialiser) }
        let channels = plan.middleChannels
        middle = (
            Self.residual(channels, channels, &blocks, configuration, &initialiser),
            AttentionBlock(channels, configuration: configuration, using: &initialiser),
            Self.residual(channels, channels, &blocks, configuration, &initialiser)
        )
        up = plan.output.map { Self.stage($0, &blocks, configuration, &initialiser) }
        headNorm = GroupNorm(groups: configuration.groups, channels: plan.headChannels, using: &initialiser)
        head = Conv2D(plan.headChannels, configuration.imageChannels, kernel: 3, padding: 1, using: &initialiser)
        head.setToZero()
    }

    /// The noise ε̂ in `x`, `[N, H, W, C]`.
    ///
    /// - Parameters:
    ///   - x: Noisy images `[N, H, W, C]`, each at its own step.
    ///   - steps: N original step indices.
    ///   - reconstruction: x̂, shaped like `x`; needed if and only if the network sees it.
    ///   - signal: `[N, z_dim]` (see `signal(_:)`); ignored if the network does not see the leaf.
    ///   - dropout: Names this step's dropout; nil drops nothing. Its `use` leaves the low 24 bits to the network.
    package func callAsFunction(
        _ x: Tensor, steps: [Int], reconstruction: Tensor?, signal: Tensor?, in graph: Graph, dropout: RandomKey? = nil
    ) -> Tensor {
        check(x, steps, reconstruction, signal)
        let embedding = embed(steps, signal, in: graph)
        var h = x
        if configuration.seesReconstruction, let reconstruction { h = graph.concatChannels(h, reconstruction) }
        if configuration.padding > 0 { h = graph.pad(h, configuration.padding) }
        h = first(h, in: graph)
        h = descend(from: h, stage: 0, embedding, dropout, in: graph)
        h = head(normalising: Parts(h), by: headNorm, in: graph)
        return configuration.padding > 0 ? graph.crop(h, configuration.padding) : h
    }

    /// The conditioning signal of N leaves; nil is "no leaf": the table's last row, or with plain numbers the published 0.
    ///
    /// - Parameter graph: whose tensor it becomes; nil for one by itself.
    package func signal(_ leaves: [Int?], in graph: Graph? = nil) -> Tensor? {
        guard configuration.seesLeaf, configuration.signalSize == 1 else { return nil }
        let none = configuration.leafSignal == .embedding ? configuration.leafCount : 0
        let signal = graph.tensor(Shape(leaves.count, 1))
        for (image, leaf) in leaves.enumerated() { signal.data[image] = Float(leaf ?? none) }
        return signal
    }

    package func collect(_ path: String, into state: inout StateDictionary) {
        func join(_ name: String) -> String { StateDictionary.join(path, name) }
        timeFirst.collect(join("time_embed.0"), into: &state)
        timeSecond.collect(join("time_embed.2"), into: &state)
        leaf?.collect(join("proj"), into: &state)
        first.collect(join("input_blocks.0.0"), into: &state)
        for (index, stage) in down.enumerated() {
            collect(stage, join("input_blocks.\(index + 1)"), resampling: "op", into: &state)
        }
        middle.0.collect(join("middle_block.0"), into: &state)
        middle.1.collect(join("middle_block.1"), into: &state)
        middle.2.collect(join("middle_block.2"), into: &state)
        for (index, stage) in up.enumerated() {
            collect(stage, join("output_blocks.\(index)"), resampling: "conv", into: &state)
        }
        headNorm.collect(join("out.0"), into: &state)
        head.collect(join("out.2"), into: &state)
    }
}

extension UNet {
    /// SiLU of the time embedding plus, where the network sees it, the leaf's; every residual block starts from it.
    private func embed(_ steps: [Int], _ signal: Tensor?, in graph: Graph) -> Tensor {
        let sinusoids = TimestepEmbedding.tensor(steps, size: configuration.modelChannels, in: graph)
        var embedding = timeSecond(graph.activation(timeFirst(sinusoids, in: graph), .swish), in: graph)
        if let leaf, let signal { embedding = graph.add(embedding, leaf(signal, in: graph)) }
        return graph.activation(embedding, .swish)
    }

    /// Down from a stage of the left side, through the middle, and up again to its skip.
    private func descend(
        from h: Tensor, stage: Int, _ embedding: Tensor, _ dropout: RandomKey?, in graph: Graph
    ) -> Tensor {
        var below: Tensor
        if stage < down.count {
            below = apply(down[stage], Parts(h), embedding, dropout, in: graph)
            below = descend(from: below, stage: stage + 1, embedding, dropout, in: graph)
        } else {
            below = middle.0(Parts(h), embedding: embedding, dropout: dropout, in: graph)
            below = middle.1(below, in: graph)
            below = middle.2(Parts(below), embedding: embedding, dropout: dropout, in: graph)
        }
        return apply(up[down.count - stage], Parts(below, h), embedding, dropout, in: graph)
    }

    private func apply(
        _ stage: Stage, _ x: Parts, _ embedding: Tensor, _ dropout: RandomKey?, in graph: Graph
    ) -> Tensor {
        guard let residual = stage.residual else { return stage.resampling.map { $0(x.first, in: graph) } ?? x.first }
        var h = residual(x, embedding: embedding, dropout: dropout, in: graph)
        if let attention = stage.attention { h = attention(h, in: graph) }
        if let resampling = stage.resampling { h = resampling(graph.nearestUpsample2(h), in: graph) }
        return h
    }

    private func collect(
        _ stage: Stage, _ path: String, resampling name: String, into state: inout StateDictionary
    ) {
        let parts: [(any Module)?] = [stage.residual, stage.attention]
        for (index, part) in parts.compactMap(\.self).enumerated() {
            part.collect("\(path).\(index)", into: &state)
        }
        stage.resampling?.collect("\(path).\(parts.compactMap(\.self).count).\(name)", into: &state)
    }

    private static func stage(
        _ block: UNetPlan.Block, _ blocks: inout UInt32, _ configuration: UNetConfiguration,
        _ initialiser: inout Initialiser
    ) -> Stage {
        func build(_ plan: UNetPlan.Residual) -> Stage {
            Stage(
                residual: residual(plan.input, plan.output, &blocks, configuration, &initialiser),
                attention: plan.attention
                    ? AttentionBlock(plan.output, configuration: configuration, using: &initialiser) : nil)
        }
        switch block {
        case .residual(let plan):
            return build(plan)
        case .residualAndUp(let plan):
            var stage = build(plan)
            stage.resampling = Conv2D(plan.output, plan.output, kernel: 3, padding: 1, using: &initialiser)
            return stage
        case .down(let channels):
            return Stage(
                resampling: Conv2D(channels, channels, kernel: 3, stride: 2, padding: 1, using: &initialiser))
        }
    }

    private static func residual(
        _ input: Int, _ output: Int, _ blocks: inout UInt32, _ configuration: UNetConfiguration,
        _ initialiser: inout Initialiser
    ) -> ResidualBlock {
        defer { blocks += 1 }
        return ResidualBlock(
            input: input, output: output, number: blocks, configuration: configuration, using: &initialiser)
    }

    private func check(_ x: Tensor, _ steps: [Int], _ reconstruction: Tensor?, _ signal: Tensor?) {
        let c = configuration
        precondition(
            x.shape == Shape(steps.count, c.imageSize, c.imageSize, c.imageChannels),
            "UNet: \(steps.count) images of \(c.imageSize) pixels and \(c.imageChannels) channels expected, got \(x.shape)"
        )
        precondition(
            !c.seesReconstruction || reconstruction?.shape == x.shape, "UNet: a reconstruction for each image is needed"
        )
        precondition(
            !c.seesLeaf || signal?.shape == Shape(steps.count, c.signalSize),
            "UNet: a leaf signal for each image is needed")
    }
}
