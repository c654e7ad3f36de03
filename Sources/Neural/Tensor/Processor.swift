import CKernels
import COpenBLAS

/// What the kernels run on, for a worker's first message.
package enum Processor {
    /// The vector instructions of our kernels, the build of OpenBLAS and what it takes the processor for.
    package static var description: String {
        "kernels \(text(grove_instruction_set())), \(text(openblas_get_config())) as \(text(openblas_get_corename()))"
    }

    /// What would make OpenBLAS faster here, as a sentence for people; nil where it uses what the processor has. A
    /// release that is older than the processor falls back to instructions of twenty years ago.
    package static var advice: String? {
        let core = text(openblas_get_corename())
        guard grove_has_fma() != 0, !modernCores.contains(core) else { return nil }
        return "OpenBLAS does not know this processor and computes as \"\(core)\"; start with "
            + "OPENBLAS_CORETYPE=Haswell in the environment to make attention faster."
    }

    /// OpenBLAS' names for cores with AVX2 and FMA.
    private static let modernCores: Set = ["Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids", "Excavator"]

    private static func text(_ bytes: UnsafePointer<CChar>?) -> String {
        bytes.map { String(cString: $0) } ?? "unknown"
    }
}
