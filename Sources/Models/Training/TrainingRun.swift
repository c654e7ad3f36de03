/// A training run as a stepper: one optimiser step a call, so that it can be stopped, saved and moved between any two of them.
/// Confined to one queue at a time.
package protocol TrainingRun: AnyObject {
    /// True once the last step is done; `step()` must not be called after that.
    var isFinished: Bool { get }

    /// Does one optimiser step. Throws `TrainingError` if the loss is no longer a number.
    func step() throws -> TrainingProgress

    /// Everything that the next step depends on: resuming from these bytes continues bit for bit.
    func checkpoint() throws -> [UInt8]

    /// The model as it is now, in Grove's model file format.
    func model() throws -> [UInt8]
}
