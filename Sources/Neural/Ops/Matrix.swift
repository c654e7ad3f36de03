import COpenBLAS

/// Products of row-major matrices; the one place that calls BLAS.
enum Matrix {
    /// c = alpha * op(a) op(b) + beta * c with op(a) `[m, k]`, op(b) `[k, n]`, c `[m, n]`; `ld` is a stored row's
    /// length.
    static func multiply(
        _ m: Int, _ n: Int, _ k: Int, alpha: Float = 1, a: UnsafePointer<Float>, lda: Int, aTransposed aT: Bool = false,
        b: UnsafePointer<Float>, ldb: Int, bTransposed bT: Bool = false, beta: Float = 0,
        c: UnsafeMutablePointer<Float>,
        ldc: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, aT ? CblasTrans : CblasNoTrans, bT ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k),
            alpha, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
    }
}
