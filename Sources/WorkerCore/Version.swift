import Neural
import Wire

/// What this worker says of itself.
package enum WorkerSoftware {
    package static let version = Software.version
    /// The processor features and the BLAS kernel in use.
    package static var processor: String { Processor.description }
}
