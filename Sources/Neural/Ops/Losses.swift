import CKernels
import Glibc

extension Graph {
    /// The mean of (a - target)^2 over all values, shape `[1]`; accumulated in double precision.
    package func meanSquaredError(_ a: Tensor, _ target: Tensor) -> Tensor {
        precondition(a.shape == target.shape, "meanSquaredError: shapes \(a.shape) and \(target.shape) differ")
        let y = output(Shape(1), from: a, target)
        let total = Chunks.sum(a.count) { start, length in
            grove_square_distance(a.data + start, target.data + start, length)
        }
        y.data[0] = Float(total / Double(a.count))
        guard y.requiresGradient else { return y }
        record((y, a, target)) { kept, _ in
            let (y, a, target) = kept
            guard let dy = y.gradientIfAny else { return }
            let slope = Float(2 * Double(dy[0]) / Double(a.count))
            for (target, other) in [(a, target), (target, a)] where target.requiresGradient {
                let gradient = target.gradient()
                Chunks.forEach(a.count) { start, length in
                    grove_add_difference(gradient + start, target.data + start, other.data + start, slope, length)
                }
            }
        }
        return y
    }

    /// The mean over images of −log softmax(logits)[label], shape `[1]`; in double precision.
    ///
    /// - Parameters:
    ///   - logits: `[N, classes]`.
    ///   - labels: the class of each image.
    package func crossEntropy(_ logits: Tensor, labels: [Int]) -> Tensor {
        let classes = logits.channels
        precondition(
            logits.shape == [labels.count, classes] && labels.allSatisfy((0..<classes).contains),
            "crossEntropy: logits \(logits.shape) do not fit \(labels.count) labels up to \(labels.max() ?? 0)")
        let y = output(Shape(1), from: logits)
        let logSums = doubles(labels.count)
        var total = 0.0
        for (image, label) in labels.enumerated() {
            logSums[image] = Self.logSumOfExponentials(logits.data + image * classes, classes)
            total = total + logSums[image] - Double(logits.data[image * classes + label])
        }
        y.data[0] = Float(total / Double(labels.count))
        guard y.requiresGradient else { return y }
        record((y, logits, labels, logSums)) { kept, _ in
            let (y, logits, labels, logSums) = kept
            guard let dy = y.gradientIfAny else { return }
            let classes = logits.channels
            let slope = Double(dy[0]) / Double(labels.count)
            let gradient = logits.gradient()
            for (image, label) in labels.enumerated() {
                for column in 0..<classes {
                    let index = image * classes + column
                    let share = exp(Double(logits.data[index]) - logSums[image])
                    gradient[index] += Float(slope * (share - (column == label ? 1 : 0)))
                }
            }
        }
        return y
    }

    private static func logSumOfExponentials(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
        let largest = (0..<count).reduce(-Double.infinity) { max($0, Double(values[$1])) }
        return largest + log((0..<count).reduce(0) { $0 + exp(Double(values[$1]) - largest) })
    }
}
