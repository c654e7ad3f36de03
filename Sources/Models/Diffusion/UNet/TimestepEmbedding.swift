import Glibc
import Neural

/// Sinusoids of the step index (Vaswani et al. 2017; Ho et al. 2020), cosines first as in the authors' network.
enum TimestepEmbedding {
    /// The longest period is 10,000 · 2π steps.
    private static let longestPeriod = 10_000.0

    /// The embedding `[N, size]` of the steps t of N images: cos(t f_i), then sin(t f_i), f_i = 10000^(-i / (size/2)).
    static func tensor(_ steps: [Int], size: Int) -> Tensor {
        let half = size / 2
        let tensor = Tensor([steps.count, size])
        for (image, step) in steps.enumerated() {
            let row = tensor.data + image * size
            for index in 0..<half {
                let angle = Double(step) * exp(-log(longestPeriod) * Double(index) / Double(half))
                row[index] = Float(cos(angle))
                row[half + index] = Float(sin(angle))
            }
        }
        return tensor
    }
}
