import Wire

/// What this worker says of itself.
package enum WorkerSoftware {
    package static let version = Software.version
}
