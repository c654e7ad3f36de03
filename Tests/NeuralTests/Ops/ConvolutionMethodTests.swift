import Neural
import TestSupport
import Testing

/// The ways to compute a convolution agree, and weights prepared for one shape are not taken for another.
@Suite struct ConvolutionMethodTests {
    /// In a process of its own, since the setting is for all.
    @Test func winogradRoundsToOneInAHundredThousand() async {
        await #expect(processExitsWith: .success) {
            for (size, channels, out) in [(28, 16, 16), (14, 64, 32), (7, 32, 48), (5, 17, 31), (6, 128, 128)] {
                let direct = Self.convolve(size, channels, out, winograd: false)
                let fast = Self.convolve(size, channels, out, winograd: true)
                for (index, name) in ["output", "input gradient", "weight gradient"].enumerated() {
                    expectClose(
                        fast[index], direct[index], relativeToMax: 2e-5,
                        "\(name), \(size)x\(size), \(channels) to \(out)")
                }
                #expect(fast[0] != direct[0], "the setting changes nothing")
            }
        }
    }

    private static func convolve(_ size: Int, _ channels: Int, _ out: Int, winograd: Bool) -> [[Float]] {
        Convolution.winograd = winograd
        let x = Self.normal([2, size, size, channels], 1)
        let weight = Self.normal([3, 3, channels, out], 2)
        let graph = Graph(training: true, recording: true)
        let y = graph.conv2d(x, weight: weight, bias: nil, padding: 1)
        graph.backward(from: y, seed: Self.normal(y.shape, 3).values)
        return [y.values] + [x, weight].map { Array(UnsafeBufferPointer(start: $0.gradient(), count: $0.count)) }
    }

    /// A sampler runs one graph many times; it keeps weights prepared for each shape that they meet.
    @Test func aGraphThatRecordsNothingMayBeUsedAgain() {
        let kept = Graph.inference
        let weights = [Self.normal([3, 3, 16, 5], 4), Self.normal([3, 3, 32, 32], 5)]
        for size in [1, 2, 6, 7, 8, 12, 6, 2] {
            for weight in weights {
                let x = Self.normal([3, size, size, weight.shape[2]], 6)
                let again = kept.conv2d(x, weight: weight, bias: nil, padding: 1)
                let fresh = Graph.inference.conv2d(x, weight: weight, bias: nil, padding: 1)
                #expect(again.values == fresh.values, "size \(size)")
                let transposed = weight.reshapedForTransposed()
                let back = kept.convTranspose2d(x, weight: transposed, bias: nil, stride: 1, padding: 1)
                let expected = Graph.inference.convTranspose2d(x, weight: transposed, bias: nil, stride: 1, padding: 1)
                #expect(back.values == expected.values, "transposed, size \(size)")
            }
        }
    }

    /// A recorded pass reads weights anew, since an optimiser changes them between passes.
    @Test func aTrainingPassReadsNewWeights() {
        let x = Self.normal([1, 8, 8, 16], 1)
        let weight = Self.normal([3, 3, 16, 16], 2)
        func run() -> [Float] {
            Graph(training: true, recording: true).conv2d(x, weight: weight, bias: nil, padding: 1).values
        }
        let before = run()
        for index in 0..<weight.count { weight.data[index] *= 2 }
        #expect(run() == before.map { 2 * $0 })
    }

    @Test func theProcessorHasAName() {
        #expect(Processor.description.contains("OpenBLAS"))
        #expect(Processor.advice.map { $0.contains("OPENBLAS_CORETYPE") } ?? true)
    }

    private static func normal(_ shape: Shape, _ step: UInt32) -> Tensor {
        Tensor(
            shape, RandomKey(seed: 21, use: 0x434D, step: step).normals(shape.reduce(1, *)), requiresGradient: true)
    }
}

extension Tensor {
    /// Values of a `[k, k, in, out]` weight as a parameter `[in, k, k, out]`, whatever they then mean.
    fileprivate func reshapedForTransposed() -> Tensor {
        Tensor([shape[2], shape[0], shape[1], shape[3]], values, requiresGradient: true)
    }
}
