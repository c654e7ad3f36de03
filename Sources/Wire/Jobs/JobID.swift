/// The name of a job: 14 characters of Crockford's base 32 in lower case (no i, l, o, u), ten for the time of submission
/// and four at random, so that ids sort by age and can be typed.
package struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// The random part has 20 bits.
    package static let randomRange: Range<UInt32> = 0..<(1 << 20)

    /// The times that fit, in milliseconds since 1970: 50 bits, up to the year 37648.
    package static let times: ClosedRange<Int64> = 0...(1 << 50 - 1)

    /// - Parameters:
    ///   - milliseconds: since 1970; a time that does not fit becomes the nearest that does.
    ///   - random: 20 bits that tell ids of the same millisecond apart.
    package init(milliseconds: Int64, random: UInt32) {
        precondition(Self.randomRange.contains(random), "the random part of a job id has 20 bits")
        let time = UInt64(min(max(milliseconds, Self.times.lowerBound), Self.times.upperBound))
        var text = (0..<10).map { Self.alphabet[Int(time >> (45 - 5 * UInt64($0)) & 31)] }
        text += (0..<4).map { Self.alphabet[Int(random >> (15 - 5 * UInt32($0)) & 31)] }
        description = String(decoding: text, as: UTF8.self)
    }

    /// The time of submission, in milliseconds since 1970, and what tells ids of the same time apart.
    package var milliseconds: Int64 { Int64(Self.number(description.utf8.prefix(10))) }
    package var random: UInt32 { UInt32(Self.number(description.utf8.dropFirst(10).prefix(4))) }

    /// Of at most ten digits, hence 50 bits.
    private static func number(_ digits: Substring.UTF8View) -> UInt64 {
        digits.reduce(0) { $0 << 5 | UInt64(alphabet.firstIndex(of: $1) ?? 0) }
    }

    /// - Returns: `nil` unless `text` is 12 to 16 characters of the alphabet.
    package init?(_ text: String) {
        guard (12...16).contains(text.utf8.count), text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        description = text
    }

    /// Reads the id in a request.
    package static func parse(_ text: String) throws(RPCError) -> JobID {
        guard let id = JobID(text) else {
            throw RPCError(
                .invalidArgument,
                "'\(text.excerpt)' is not a job id; they have 14 letters and digits, and 'grove jobs' shows them",
                violations: [.init(field: "job_id", description: "not a job id")])
        }
        return id
    }

    package static func < (left: JobID, right: JobID) -> Bool { left.description < right.description }
}
