import Wire

/// Values of jobs that are words.
enum SettingsWord {
    static func value<Value: RawRepresentable<String> & CaseIterable>(
        _ word: String, of key: String
    ) throws(JobError) -> Value {
        guard let value = Value(rawValue: word) else { throw unknown(word, of: key, Value.allCases.map(\.rawValue)) }
        return value
    }

    static func unknown(_ word: String, of key: String, _ known: [String]) -> JobError {
        JobError(.invalidArgument, "'\(word)' is no value of \(key): use \(known.joined(separator: " or ")).")
    }
}
