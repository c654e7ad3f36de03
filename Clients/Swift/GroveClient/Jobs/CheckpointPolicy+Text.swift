extension Grove_V1_CheckpointPolicy {
    /// Reads how often a run saves itself: `500` is every 500 steps, `10m` every ten minutes; one of each may be given.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package mutating func setEvery(_ texts: [String]) throws(RPCError) {
        for text in texts {
            if let steps = UInt32(text), steps > 0 {
                everySteps = steps
            } else {
                everySeconds = try Self.seconds(
                    text, of: "--checkpoint-every takes a number of steps, or a time such as 10m")
            }
        }
    }

    /// Reads how often a sheet of samples is drawn.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    package mutating func setSheetEvery(_ text: String) throws(RPCError) {
        sheetEverySeconds = try Self.seconds(text, of: "--sheet-every takes a time such as 10m")
    }

    private static func seconds(_ text: String, of option: String) throws(RPCError) -> UInt32 {
        let milliseconds: UInt64
        do throws(RPCError) {
            milliseconds = try TermsText.duration(text)
        } catch {
            throw RPCError(.invalidArgument, "\(option): \(error.message)")
        }
        guard let seconds = UInt32(exactly: milliseconds / 1000) else {
            throw RPCError(.invalidArgument, "\(option), not as long as '\(text.prefix(40))'")
        }
        return seconds
    }
}
