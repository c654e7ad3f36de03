import CKernels
import COpenBLAS

/// What the kernels run on, for a worker's first message.
package enum Processor {
    /// The vector instructions of our kernels, the core type and build of OpenBLAS, and the number of cores in use.
    package static var description: String {
        "kernels \(text(grove_instruction_set())), \(text(openblas_get_config())) as \(text(openblas_get_corename())), "
            + "\(Parallel.threads) \(Parallel.threads == 1 ? "core" : "cores")"
    }

    private static func text(_ bytes: UnsafePointer<CChar>?) -> String {
        bytes.map { String(cString: $0) } ?? "unknown"
    }
}
