extension TreeVAEConfiguration {
    /// `cnn2`'s channels next to the image.
    package static let imageSideChannels = 8

    /// `cnn2`'s channels before, between and after the halvings.
    package func residualWidths(from first: Int, to last: Int) -> [Int] {
        var halvings = 0
        while representationSize << halvings < imageSize { halvings += 1 }
        return LinearSteps.floored(from: first, to: last, count: halvings + 1)
    }
}
