import Calls

/// What a command tells the shell. The numbers are documented in `grove --help` and never change.
package enum CommandStatus: Int32, CaseIterable, Sendable {
    case success = 0
    case failure = 1
    case cancelled = 3
    case expired = 4
    case notFound = 5
    case usage = 64
    case unavailable = 69
    case cannotWrite = 73
    case temporary = 75
    case interrupted = 130

    /// For the list in `--help`.
    package var meaning: String {
        switch self {
        case .success: "done; a job that was followed succeeded"
        case .failure: "the job failed, or the broker refused"
        case .cancelled: "the job was cancelled"
        case .expired: "the job expired"
        case .notFound: "no such job, dataset or model"
        case .usage: "the command is wrong, or a file that it names"
        case .unavailable: "no broker answers"
        case .cannotWrite: "a result could not be written"
        case .temporary: "not now: time is over, or something is full; try again"
        case .interrupted: "interrupted by Ctrl-C; a job that was submitted goes on"
        }
    }

    /// As the job ended; a job that has not is a success of looking at it.
    package init(_ state: JobState) {
        self =
            switch state {
            case .failed: .failure
            case .cancelled: .cancelled
            case .expired: .expired
            case .succeeded, .waiting, .running, .unspecified, .UNRECOGNIZED: .success
            }
    }

    package init(_ error: any Error) {
        switch error {
        case let error as RPCError: self.init(error.code)
        case let error as FileError:
            self =
                switch error.kind {
                case .exists, .unwritable: .cannotWrite
                case .missing, .unreadable, .tooLarge, .changed: .usage
                }
        case is CancellationError: self = .interrupted
        default: self = .failure
        }
    }

    private init(_ code: StatusCode) {
        self =
            switch code {
            case .ok: .success
            case .notFound: .notFound
            case .invalidArgument: .usage
            case .unavailable: .unavailable
            case .deadlineExceeded, .resourceExhausted, .aborted: .temporary
            case .cancelled: .interrupted
            case .unknown, .alreadyExists, .permissionDenied, .failedPrecondition, .outOfRange, .unimplemented,
                .internal, .dataLoss, .unauthenticated:
                .failure
            }
    }

    /// The table in `--help`.
    package static var listing: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return "  " + String(repeating: " ", count: 3 - number.count) + number + "  " + status.meaning
        }.joined(separator: "\n")
    }
}

/// The sentence about an error, without its code, as people want it.
package func sentence(_ error: any Error) -> String {
    switch error {
    case let error as RPCError: error.message.printable
    case let error as FileError: error.description.printable
    default: "\(error)".printable
    }
}
