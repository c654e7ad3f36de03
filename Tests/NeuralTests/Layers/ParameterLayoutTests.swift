import Testing

@testable import Neural

@Suite struct ParameterLayoutTests {
    private static let cases: [(ParameterLayout, torch: [Int], ours: Shape)] = [
        (.conv, [4, 3, 2, 5], [2, 5, 3, 4]), (.convTransposed, [4, 3, 2, 5], [4, 2, 5, 3]), (.linear, [4, 3], [3, 4]),
        (.pointwise, [4, 3, 1], [3, 4]), (.vector, [7], [7]), (.vector, [2, 3], [2, 3]), (.vector, [], []),
    ]

    @Test(arguments: cases)
    func shapes(layout: ParameterLayout, torch: [Int], ours: Shape) {
        #expect(layout.shape(fromTorch: torch) == ours)
        #expect(layout.torchShape(ours) == torch)
    }

    @Test(arguments: cases)
    func valuesComeBack(layout: ParameterLayout, torch: [Int], ours: Shape) {
        let values = (0..<ours.values).map(Float.init)
        let turned = layout.fromTorch(values, shape: ours)
        #expect(turned.sorted() == values)
        #expect(layout.toTorch(turned, shape: ours) == values)
    }

    @Test func wrongNumbersOfAxes() {
        #expect(ParameterLayout.conv.shape(fromTorch: [4, 3]) == nil)
        #expect(ParameterLayout.linear.shape(fromTorch: [4, 3, 1]) == nil)
        #expect(ParameterLayout.pointwise.shape(fromTorch: [4, 3, 2]) == nil)
        #expect(ParameterLayout.vector.shape(fromTorch: [1, 1, 1, 1, 2]) == nil, "a tensor has at most four axes")
    }

    /// Each element moves from its PyTorch index to ours, written out.
    @Test func elementsMoveAsTheAxesSay() {
        let (out, inputs, height, width) = (4, 3, 2, 5)
        let values = (0..<out * inputs * height * width).map(Float.init)
        let conv = ParameterLayout.conv.fromTorch(values, shape: [height, width, inputs, out])
        let transposed = ParameterLayout.convTransposed.fromTorch(values, shape: [out, height, width, inputs])
        let linear = ParameterLayout.linear.fromTorch(Array(values.prefix(out * inputs)), shape: [inputs, out])
        for o in 0..<out {
            for i in 0..<inputs {
                #expect(linear[i * out + o] == values[o * inputs + i])
                for y in 0..<height {
                    for x in 0..<width {
                        let value = values[((o * inputs + i) * height + y) * width + x]
                        #expect(conv[((y * width + x) * inputs + i) * out + o] == value)
                        // Here the first axis is the input, the second the output.
                        #expect(transposed[((o * height + y) * width + x) * inputs + i] == value)
                    }
                }
            }
        }
    }
}
