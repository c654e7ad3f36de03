/// Eigenvalues, and eigenvectors if wanted, of a real symmetric matrix in double precision.
///
/// Householder reflections to tridiagonal form, then implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix
/// Computations, 8.3). Eigenvectors are kept as rows, so that both phases run over contiguous memory.
package struct SymmetricEigen: Sendable {
    /// Not sorted; `values[i]` belongs to row i of `vectors`.
    package private(set) var values: [Double]
    /// Row-major, one eigenvector of length 1 a row; empty where they were not asked for.
    package private(set) var vectors: [Double]
    private var offDiagonal: [Double]

    /// - Parameters:
    ///   - matrix: row-major `size` × `size`, symmetric, finite.
    package init(_ matrix: [Double], size: Int, withVectors: Bool) throws(EvaluationError) {
        precondition(size > 0 && matrix.count == size * size, "A symmetric matrix needs size × size entries.")
        guard matrix.allSatisfy({ $0.isFinite }) else {
            throw EvaluationError("A matrix with infinite or undefined entries has no eigenvalues; check its features.")
        }
        values = [Double](repeating: 0, count: size)
        offDiagonal = [Double](repeating: 0, count: max(size - 1, 0))
        vectors = []
        // Entries of at most 1, so that no square overflows or vanishes.
        let largest = matrix.reduce(0) { max($0, abs($1)) }
        let scale = largest > 0 ? largest : 1
        var work = matrix.map { $0 / scale }
        reduce(&work, size: size)
        if withVectors { formVectors(work, size: size) }
        try diagonalise(size: size)
        for i in 0..<size { values[i] *= scale }
    }

    /// A becomes H A H for each reflection H = I − 2vvᵀ that clears a column below its subdiagonal. Row k of `a`, right of
    /// the diagonal, then holds that reflection's v.
    private mutating func reduce(_ a: inout [Double], size n: Int) {
        var v = [Double](repeating: 0, count: n)
        var w = [Double](repeating: 0, count: n)
        a.withUnsafeMutableBufferPointer { a in
            for k in 0..<n {
                values[k] = a[k * n + k]
                guard k + 1 < n else { break }
                let below = k + 1
                var largest = 0.0
                for j in below..<n { largest = max(largest, abs(a[k * n + j])) }
                guard largest > 0, below + 1 < n else {
                    offDiagonal[k] = a[k * n + below]
                    for j in below..<n { a[k * n + j] = 0 }
                    continue
                }
                var squares = 0.0
                for j in below..<n {
                    v[j] = a[k * n + j] / largest
                    squares += v[j] * v[j]
                }
                let length = squares.squareRoot()
                let target = v[below] > 0 ? -length : length
                offDiagonal[k] = target * largest
                // |x − target·e|² without forming it: cancellation is excluded by the sign of target.
                let norm = (2 * (squares - target * v[below])).squareRoot()
                v[below] -= target
                for j in below..<n { v[j] /= norm }
                // p = 2Av, w = p − (vᵀp)v, A − vwᵀ − wvᵀ.
                var overlap = 0.0
                for i in below..<n {
                    var sum = 0.0
                    for j in below..<n { sum += a[i * n + j] * v[j] }
                    w[i] = 2 * sum
                    overlap += v[i] * w[i]
                }
                for i in below..<n { w[i] -= overlap * v[i] }
                for i in below..<n {
                    let vi = v[i]
                    let wi = w[i]
                    for j in below..<n { a[i * n + j] -= vi * w[j] + wi * v[j] }
                }
                for j in below..<n { a[k * n + j] = v[j] }
            }
        }
    }

    /// The transposed product of all reflections, from the last to the first so that only a growing corner is touched.
    private mutating func formVectors(_ a: [Double], size n: Int) {
        vectors = [Double](repeating: 0, count: n * n)
        vectors.withUnsafeMutableBufferPointer { q in
            a.withUnsafeBufferPointer { a in
                for i in 0..<n { q[i * n + i] = 1 }
                for k in stride(from: n - 3, through: 0, by: -1) {
                    for row in (k + 1)..<n {
                        var dot = 0.0
                        for j in (k + 1)..<n { dot += q[row * n + j] * a[k * n + j] }
                        dot *= 2
                        for j in (k + 1)..<n { q[row * n + j] -= dot * a[k * n + j] }
                    }
                }
            }
        }
    }

    /// Cuts the tridiagonal matrix where a subdiagonal entry has become negligible and works on its last uncut block.
    private mutating func diagonalise(size n: Int) throws(EvaluationError) {
        let norm = values.reduce(0) { max($0, abs($1)) } + offDiagonal.reduce(0) { max($0, abs($1)) }
        let floor = Double.ulpOfOne * Double.ulpOfOne * norm
        var remaining = 60 * n
        var last = n - 1
        while last > 0 {
            for i in 0..<last {
                let negligible = Double.ulpOfOne * (abs(values[i]) + abs(values[i + 1])) + floor
                if abs(offDiagonal[i]) <= negligible { offDiagonal[i] = 0 }
            }
            if offDiagonal[last - 1] == 0 {
                last -= 1
                continue
            }
            var first = last - 1
            while first > 0, offDiagonal[first - 1] != 0 { first -= 1 }
            guard remaining > 0 else {
                throw EvaluationError("The eigenvalues of a \(n) × \(n) matrix did not converge; check its features.")
            }
            remaining -= 1
            step(first: first, last: last, size: n)
        }
    }

    /// One implicit QR step on the block first...last.
    private mutating func step(first: Int, last: Int, size n: Int) {
        let half = (values[last - 1] - values[last]) / 2
        let coupling = offDiagonal[last - 1]
        let root = (half * half + coupling * coupling).squareRoot()
        let shift = values[last] - coupling * coupling / (half < 0 ? half - root : half + root)
        var x = values[first] - shift
        var bulge = offDiagonal[first]
        for k in first..<last {
            let length = (x * x + bulge * bulge).squareRoot()
            let cosine = length > 0 ? x / length : 1
            let sine = length > 0 ? bulge / length : 0
            if k > first { offDiagonal[k - 1] = length }
            let upper = values[k]
            let lower = values[k + 1]
            let cross = offDiagonal[k]
            values[k] = cosine * cosine * upper + 2 * cosine * sine * cross + sine * sine * lower
            values[k + 1] = sine * sine * upper - 2 * cosine * sine * cross + cosine * cosine * lower
            offDiagonal[k] = cosine * sine * (lower - upper) + (cosine * cosine - sine * sine) * cross
            if k + 1 < last {
                x = offDiagonal[k]
                bulge = sine * offDiagonal[k + 1]
                offDiagonal[k + 1] *= cosine
            }
            if !vectors.isEmpty { rotateRows(k, cosine: cosine, sine: sine, size: n) }
        }
    }

    private mutating func rotateRows(_ k: Int, cosine: Double, sine: Double, size n: Int) {
        vectors.withUnsafeMutableBufferPointer { q in
            for j in 0..<n {
                let upper = q[k * n + j]
                let lower = q[(k + 1) * n + j]
                q[k * n + j] = cosine * upper + sine * lower
                q[(k + 1) * n + j] = cosine * lower - sine * upper
            }
        }
    }
}
