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
        let kernel = ContrastKernel(rows: rows, weights: weights, temperature: temperature)
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
    let weights: [Float]
    let temperature: Float
    let count: Int
    let width: Int
    /// Unit rows, and the lengths they were divided by.
    private let unit: [Float]
    private let lengths: [Float]

    init(rows: Tensor, weights: Tensor?, temperature: Float) {
        self.temperature = temperature
        count = rows.rows
        width = rows.channels
        var unit = rows.values
        var lengths = [Float](repeating: 0, count: count)
        for i in 0..<count {
            let range = i * width..<(i + 1) * width
            let square = unit[range].reduce(0.0) { $0 + Double($1) * Double($1) }
            lengths[i] = max(Float(square.squareRoot()), 1e-12)
            for index in range { unit[index] /= lengths[i] }
        }
        self.unit = unit
        self.lengths = lengths
        let given = weights?.values ?? [Float](repeating: 1, count: count)
        let total = Float(given.reduce(0.0) { $0 + Double($1) })
        self.weights = given.map { $0 / total }
    }

    func loss() -> Float {
        var sum = 0.0
        for term in terms { sum += Double(term) }
        return Float(sum)
    }

    /// w_i ℓ_i of each row.
    private var terms: [Float] {
        collect { i in
            let row = similarities(of: i)
            return weights[i] * (row.logSum - row.values[partner(i)])
        }
    }

    func backward(scale: Float, to gradient: UnsafeMutablePointer<Float>) {
        // ∂/∂s_ij = w_i (softmax_ij − [j = i']); u_i meets s_ij both as row and as column.
        let slopes = Tensor([count, count])
        Parallel.forEach(count) { i in
            let row = similarities(of: i)
            for j in 0..<count {
                slopes.data[i * count + j] = j == i ? 0 : weights[i] * exp(row.values[j] - row.logSum)
            }
            slopes.data[i * count + partner(i)] -= weights[i]
        }
        Parallel.forEach(count) { i in
            var toUnit = [Float](repeating: 0, count: width)
            for j in 0..<count {
                let slope = (slopes.data[i * count + j] + slopes.data[j * count + i]) * scale / temperature
                for d in 0..<width { toUnit[d] += slope * unit[j * width + d] }
            }
            // Through u = row / length.
            var along: Float = 0
            for d in 0..<width { along += toUnit[d] * unit[i * width + d] }
            for d in 0..<width {
                gradient[i * width + d] += (toUnit[d] - along * unit[i * width + d]) / lengths[i]
            }
        }
    }

    private func partner(_ i: Int) -> Int { (i + count / 2) % count }

    /// u_i·u_j/τ for all j, and the logarithm of the sum of their exponentials over j ≠ i.
    private func similarities(of i: Int) -> (values: [Float], logSum: Float) {
        var values = [Float](repeating: 0, count: count)
        for j in 0..<count {
            var product: Float = 0
            for d in 0..<width { product += unit[i * width + d] * unit[j * width + d] }
            values[j] = product / temperature
        }
        // |s| ≤ 1/τ, so the plain exponentials are safe.
        var sum: Float = 0
        for j in 0..<count where j != i { sum += exp(values[j]) }
        return (values, log(sum))
    }

    private func collect(_ body: (Int) -> Float) -> [Float] {
        let result = Tensor([count])
        Parallel.forEach(count) { result.data[$0] = body($0) }
        return result.values
    }
}
