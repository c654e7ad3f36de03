import Foundation
import Imaging
import Models
import Neural
import Wire

/// Why a job fails, as the person who submitted it will read it.
package struct JobError: Error, Sendable, CustomStringConvertible {
    package let code: StatusCode
    /// One sentence that says what to do.
    package let description: String

    package init(_ code: StatusCode, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// Thrown between two steps when the attempt was told to stop.
struct JobStopped: Error {
    let reason: RunningAttempt.Stop
}

extension RPCError {
    /// What a job fails with. A file or a model that is wrong stays wrong; what nobody foresaw is a defect of the worker, and
    /// may go better elsewhere.
    init(endingJob error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as JobError: self.init(error.code, error.description)
        case let error as TrainingError: self.init(.failedPrecondition, error.description)
        case is DatasetError, is ImagingError, is SafetensorsError, is StateDictionaryError, is TreeError,
            is DiffusionError, is ClassifierError, is EvaluationError:
            // These describe themselves in one sentence.
            self.init(.invalidArgument, "\(error)")
        case is CocoaError, is POSIXError:
            // Of this machine, not of the job: its cache could not be read or written.
            self.init(
                .resourceExhausted,
                "The worker could not use its state folder (\((error as NSError).localizedDescription)): "
                    + "make room on its disk and submit again.")
        default:
            let text = String(String.UnicodeScalarView("\(type(of: error)): \(error)".unicodeScalars.prefix(500)))
            self.init(.internal, "The worker met an error that it does not know (\(text)): report this sentence.")
        }
    }
}
