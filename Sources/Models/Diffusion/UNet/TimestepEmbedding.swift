import Glibc
import Neural

/// Sinusoids of the step index (Vaswani et al. 2017; Ho et al. 2020), cosines first as in the authors' network.
package enum TimestepEmbedding {
    /// The longest period is 10,000 · 2π steps.
    private static let longestPeriod = 10_000.0

    /// The embedding `[N, size]` of the steps t of N images: cos(t f_i), then sin(t f_i), f_i = 10000^(-i / (size/2)).
    ///
    /// Frequencies and angles are rounded to float32 as in the authors' code: at t = 999 that moves an angle by up to
    /// 6e-5, which their networks were trained with.
    package static func tensor(_ steps: [Int], size: Int, in graph: Graph) -> Tensor {
        let half = size / 2
        let tensor = graph.tensor(Shape(steps.count, size))
        let frequencies = Scratch(half)
        for index in 0..<half {
            frequencies.data[index] = Float(exp(Double(Float(-log(longestPeriod)) * Float(index) / Float(half))))
        }
        for (image, step) in steps.enumerated() {
            let row = tensor.data + image * size
            for index in 0..<half {
                let angle = Double(Float(step) * frequencies.data[index])
                row[index] = Float(cos(angle))
                row[half + index] = Float(sin(angle))
            }
        }
        return tensor
    }
}
