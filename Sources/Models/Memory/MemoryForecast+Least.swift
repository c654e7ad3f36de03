/// Less than a run takes, by arithmetic alone: where there is not even this, a pass cannot be tried to measure the rest.
extension DiffusionTrainingSettings {
    package func leastMemory(leafCount: Int, datasetBytes: Int) -> MemoryForecast {
        MemoryForecast(
            parameters: forTree(leafCount: leafCount).network.parameterCount, copies: Self.copies,
            step: Self.measuredImages * 2 * network.largestMap * MemoryLayout<Float>.stride, images: datasetBytes)
    }
}

extension TreeTrainingSettings {
    package func leastMemory(datasetBytes: Int) -> MemoryForecast {
        MemoryForecast(
            parameters: tree.parameterCount(grownTopology), copies: Self.copies,
            step: Self.measuredImages * 2 * tree.largestMap * MemoryLayout<Float>.stride, images: datasetBytes)
    }
}

extension UNetConfiguration {
    /// Values of an image's largest tensor: a feature map, or the weights of an attention.
    fileprivate var largestMap: Int {
        let levels = channelMultipliers.enumerated().map { level, multiplier in
            let pixels = (paddedSize >> level) * (paddedSize >> level)
            let attends = attentionDownsample.contains(1 << level) || level == channelMultipliers.count - 1
            return max(pixels * multiplier * modelChannels, attends ? attentionHeads * pixels * pixels : 0)
        }
        return levels.max() ?? 0
    }
}

extension TreeVAEConfiguration {
    /// Values of an image's largest feature map between the image and the representation.
    fileprivate var largestMap: Int {
        switch architecture {
        case .convolutional:
            let sizes = LinearSteps.floored(from: imageSize, to: representationSize, count: 4)
            let channels = LinearSteps.floored(from: imageChannels, to: bottomUpChannels[0], count: 4)
            return zip(sizes, channels).map { $0 * $0 * $1 }.max() ?? 0
        case .residual:
            let widths = residualWidths(from: Self.imageSideChannels, to: bottomUpChannels[0])
            return widths.enumerated().map { (imageSize >> $0) * (imageSize >> $0) * $1 }.max() ?? 0
        }
    }
}
