import CKernels
import COpenBLAS

/// What the kernels run on, for a worker's first log line.
package enum Processor {
    /// The vector instructions that our kernels use here, and the kernel that OpenBLAS chose.
    package static var description: String {
        let instructions = String(cString: grove_instruction_set())
        let kernel = openblas_get_corename().map { String(cString: $0) } ?? "unknown"
        return "\(instructions), OpenBLAS kernel \(kernel)"
    }
}
