/// The order of a U-Net's blocks and their channel counts, from which the network is built and by which its settings are
/// checked before anything is allocated.
package struct UNetPlan {
    package struct Residual {
        package let input: Int
        package let output: Int
        package let attention: Bool
    }

    package enum Block {
        case residual(Residual)
        /// Halves the image; channels stay.
        case down(Int)
        /// A residual block on [h, skip], followed by doubling the image.
        case residualAndUp(Residual)
    }

    package private(set) var input: [Block] = []
    package private(set) var output: [Block] = []
    package let middleChannels: Int
    package let headChannels: Int

    package init(_ configuration: UNetConfiguration) {
        let widths = configuration.channelMultipliers.map { $0 * configuration.modelChannels }
        let attention = Set(configuration.attentionDownsample)
        var channels = configuration.modelChannels
        var skips = [channels]
        for (level, width) in widths.enumerated() {
            for _ in 0..<configuration.residualBlocks {
                input.append(
                    .residual(.init(input: channels, output: width, attention: attention.contains(1 << level))))
                channels = width
                skips.append(channels)
            }
            if level + 1 < widths.count {
                input.append(.down(channels))
                skips.append(channels)
            }
        }
        middleChannels = channels
        for (level, width) in widths.enumerated().reversed() {
            for index in 0...configuration.residualBlocks {
                let block = Residual(
                    input: channels + (skips.popLast() ?? 0), output: width, attention: attention.contains(1 << level))
                channels = width
                let last = index == configuration.residualBlocks && level > 0
                output.append(last ? .residualAndUp(block) : .residual(block))
            }
        }
        headChannels = channels
    }

    private var residuals: [Residual] {
        (input + output).compactMap {
            switch $0 {
            case .residual(let block), .residualAndUp(let block): block
            case .down: nil
            }
        }
    }

    /// Channel counts that meet a group normalisation.
    var normalisedChannels: [Int] {
        residuals.flatMap { [$0.input, $0.output] } + [middleChannels, headChannels]
    }

    /// Channel counts that meet attention.
    var attentionChannels: [Int] {
        residuals.filter(\.attention).map(\.output) + [middleChannels]
    }

    /// How many values the network's parameters hold, known before any of them is allocated.
    func parameterCount(_ configuration: UNetConfiguration) -> Int {
        let width = configuration.embeddingChannels
        func linear(_ input: Int, _ output: Int) -> Int { input * output + output }
        func convolution(_ input: Int, _ output: Int) -> Int { 9 * input * output + output }
        func attention(_ channels: Int) -> Int {
            2 * channels + linear(channels, 3 * channels) + linear(channels, channels)
        }
        func residual(_ block: Residual) -> Int {
            2 * block.input + convolution(block.input, block.output)
                + linear(width, configuration.seesLeaf ? 2 * block.output : block.output)
                + 2 * block.output + convolution(block.output, block.output)
                + (block.input == block.output ? 0 : linear(block.input, block.output))
                + (block.attention ? attention(block.output) : 0)
        }
        let middle = Residual(input: middleChannels, output: middleChannels, attention: false)
        var count = linear(configuration.modelChannels, width) + linear(width, width)
        if configuration.seesLeaf {
            count +=
                configuration.leafSignal == .embedding
                ? (configuration.leafCount + 1) * width
                : linear(configuration.signalSize, width) + linear(width, width)
        }
        count += convolution(configuration.inputChannels, configuration.modelChannels)
        for block in input + output {
            switch block {
            case .residual(let block): count += residual(block)
            case .residualAndUp(let block): count += residual(block) + convolution(block.output, block.output)
            case .down(let channels): count += convolution(channels, channels)
            }
        }
        count += 2 * residual(middle) + attention(middleChannels)
        return count + 2 * headChannels + convolution(headChannels, configuration.imageChannels)
    }
}
