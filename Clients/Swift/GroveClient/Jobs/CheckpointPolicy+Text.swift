extension Grove_V1_CheckpointPolicy {
    /// Reads how often a run saves itself: `500` is every 500 steps, `10m` every ten minutes; one of each may be given.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package mutating func setEvery(_ texts: [String]) throws(RPCError) {
        for text in texts {
            if let steps = UInt32(text), steps > 0 {
                everySteps = steps
            } else if let seconds = Self.seconds(text) {
                everySeconds = seconds
            } else {
                throw RPCError(
                    .invalidArgument,
                    "--checkpoint-every takes a number of steps, or \(DurationText.form), not '\(text.prefix(40))'")
            }
        }
    }

    /// Reads how often a sheet of samples is drawn.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package mutating func setSheetEvery(_ text: String) throws(RPCError) {
        guard let seconds = Self.seconds(text) else {
            throw RPCError(.invalidArgument, "--sheet-every takes \(DurationText.form), not '\(text.prefix(40))'")
        }
        sheetEverySeconds = seconds
    }

    /// Whole seconds, at least one.
    private static func seconds(_ text: String) -> UInt32? {
        DurationText.seconds(text).flatMap { UInt32(exactly: $0.rounded(.up)) }
    }
}
