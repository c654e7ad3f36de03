/// Three convolutions between an image's size and the representation's, as `cnn1` plans them: sizes and channels change by
/// equal steps, and the kernels follow from the sizes (that is why they are as odd as 12×12).
package struct StridedSteps {
    package struct Step {
        package let inputs: Int
        package let outputs: Int
        package let kernel: Int
        package let stride: Int
    }

    package static let padding = 1

    package let steps: [Step]

    /// - Parameter size: from the larger side's height to the smaller one's, or the other way round.
    package init(size: (from: Int, to: Int), channels: (from: Int, to: Int)) {
        let sizes = LinearSteps.floored(from: size.from, to: size.to, count: 4)
        let channels = LinearSteps.floored(from: channels.from, to: channels.to, count: 4)
        steps = (0..<3).map { index in
            let (large, small) = (max(sizes[index], sizes[index + 1]), min(sizes[index], sizes[index + 1]))
            let stride = max(large / small, 1)
            return Step(
                inputs: channels[index], outputs: channels[index + 1],
                kernel: large - stride * (small - 1) + 2 * Self.padding, stride: stride)
        }
    }
}
