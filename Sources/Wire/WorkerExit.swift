/// The exit codes of `grove-worker`, which whoever starts it acts on.
package enum WorkerExit: Int32, Sendable {
    /// Stopped, and everything is delivered.
    case clean = 0
    /// Stopped; something is kept in the state folder and delivered at the next start.
    case undelivered = 1
    /// Told to stop a second time.
    case atOnce = 2
    /// The step of a job hung: start it again.
    case hungStep = 3
    /// It could not begin, as when another worker holds its state folder: starting it again changes nothing by itself.
    case cannotStart = 4
}
