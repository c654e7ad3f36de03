import Glibc
import Neural

extension Graph {
    /// How well each row finds its other view among all rows, a scalar: rows i and i + M/2 are views of one image, and
    ///
    ///     ℓ_i = −ln( exp(u_i·u_{i'}/τ) / Σ_{j≠i} exp(u_i·u_j/τ) ),   result = Σ_i w_i ℓ_i / Σ_i w_i,
    ///
    /// u the rows divided by their lengths, i' the other view, which stays in the denominator. With the embeddings of
    /// one level it is NT-Xent.
    ///
    /// - Parameters:
    ///   - rows: `[M, D]`, M even.
    ///   - weights: w, `[M]`, taken without a gradient; nil for equal weights.
    ///   - temperature: τ.
    func viewContrast(rows: Tensor, weights: Tensor? = nil, temperature: Float) -> Tensor {
        let count = rows.rows
        precondition(count >= 2 && count % 2 == 0, "viewContrast: \(count) rows are not two views of each image")
        let result = output(Shape(1), from: rows)
        let kernel = ContrastKernel(rows: rows, weights: weights, temperature: temperature, in: self)
        result.data[0] = kernel.loss()
        guard result.requiresGradient else { return result }
        record((result, rows, kernel)) { kept, _ in
            let (result, rows, kernel) = kept
            guard let gradient = result.gradientIfAny else { return }
            kernel.backward(scale: gradient[0], to: rows.gradient())
        }
        return result
    }

    /// InfoNCE of a split's decisions: `viewContrast` of the rows (q, 1−q) at temperature 1, weighted by π.
    ///
    /// - Parameters:
    ///   - left: q(left | d) of both views, `[M]`.
    ///   - weight: π, `[M]`; nil for 1.
    func decisionContrast(left q: Tensor, weight: Tensor?) -> Tensor {
        let count = q.count
        let rows = output(Shape(count, 2), from: q)
        for i in 0..<count {
            rows.data[2 * i] = q.data[i]
            rows.data[2 * i + 1] = 1 - q.data[i]
        }
        if rows.requiresGradient {
            record((rows, q)) { kept, _ in
                let (rows, q) = kept
                guard let from = rows.gradientIfAny else { return }
                let to = q.gradient()
                for i in 0..<q.count { to[i] += from[2 * i] - from[2 * i + 1] }
            }
        }
        return viewContrast(rows: rows, weights: weight, temperature: 1)
    }
}

/// Both passes of `Graph.viewContrast`.
private struct ContrastKernel {
    let temperature: Float
    let count: Int
    let width: Int
    /// Unit rows, the lengths they were divided by, and w_i / Σ w.
    private let unit: Tensor
    private let lengths: Tensor
    private let weights: Tensor

    init(rows: Tensor, weights given: Tensor?, temperature: Float, in graph: Graph) {
        self.temperature = temperature
        count = rows.rows
        width = rows.channels
        unit = graph.tensor(rows.shape)
        lengths = graph.tensor(Shape(count))
        weights = graph.tensor(Shape(count))
        for i in 0..<count {
            let range = i * width..<(i + 1) * width
            let square = range.reduce(0.0) { $0 + Double(rows.data[$1]) * Double(rows.data[$1]) }
            lengths.data[i] = max(Float(square.squareRoot()), 1e-12)
            for index in range { unit.data[index] = rows.data[index] / lengths.data[i] }
        }
        let total = Float((0..<count).reduce(0.0) { $0 + Double(given?.data[$1] ?? 1) })
        for i in 0..<count { weights.data[i] = (given?.data[i] ?? 1) / total }
    }

    /// Σ w_i ℓ_i
    func loss() -> Float {
        let (unit, weights) = (unit.data, weights.data)
        let terms = Scratch(count)
        Parallel.forEach(count) { i in
            let similarities = Scratch(count)
            let logSum = measure(i, unit, to: similarities.data)
            terms.data[i] = weights[i] * (logSum - similarities.data[partner(i)])
        }
        return Float((0..<count).reduce(0.0) { $0 + Double(terms.data[$1]) })
    }

    func backward(scale: Float, to gradient: UnsafeMutablePointer<Float>) {
        let (unit, lengths, weights) = (unit.data, lengths.data, weights.data)
        // ∂/∂s_ij = w_i (softmax_ij − [j = i']); u_i meets s_ij both as row and as column.
        let slopes = Scratch(count * count)
        Parallel.forEach(count) { i in
            let row = slopes.data + i * count
            let logSum = measure(i, unit, to: row)
            for j in 0..<count { row[j] = j == i ? 0 : weights[i] * exp(row[j] - logSum) }
            row[partner(i)] -= weights[i]
        }
        Parallel.forEach(count) { i in
            let toUnit = Scratch(width)
            toUnit.data.update(repeating: 0, count: width)
            for j in 0..<count {
                let slope = (slopes.data[i * count + j] + slopes.data[j * count + i]) * scale / temperature
                for d in 0..<width { toUnit.data[d] += slope * unit[j * width + d] }
            }
            // Through u = row / length.
            var along: Float = 0
            for d in 0..<width { along += toUnit.data[d] * unit[i * width + d] }
            for d in 0..<width {
                gradient[i * width + d] += (toUnit.data[d] - along * unit[i * width + d]) / lengths[i]
            }
        }
    }

    private func partner(_ i: Int) -> Int { (i + count / 2) % count }

    /// Sets u_i·u_j/τ for all j, and answers the logarithm of the sum of their exponentials over j ≠ i.
    private func measure(
        _ i: Int, _ unit: UnsafePointer<Float>, to similarities: UnsafeMutablePointer<Float>
    ) -> Float {
        for j in 0..<count {
            var product: Float = 0
            for d in 0..<width { product += unit[i * width + d] * unit[j * width + d] }
            similarities[j] = product / temperature
        }
        // |s| ≤ 1/τ, so the plain exponentials are safe.
        var sum: Float = 0
        for j in 0..<count where j != i { sum += exp(similarities[j]) }
        return log(sum)
    }
}
