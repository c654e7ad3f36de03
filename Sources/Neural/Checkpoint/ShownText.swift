extension String {
    /// A text from a file as it may stand in a sentence: at most so many scalars, none of which a terminal obeys. Scalars,
    /// for a single Character can be of any length.
    package func shown(_ limit: Int = 120) -> String {
        let start = String(String.UnicodeScalarView(unicodeScalars.prefix(limit).map { $0.isSeen ? $0 : "?" }))
        return unicodeScalars.dropFirst(limit).isEmpty ? start : start + "…"
    }
}

extension String {
    /// What stands behind `prefix`; nil where it does not begin with it. Byte by byte, since a Character may begin in the
    /// prefix and end behind it.
    package func rest(after prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(Substring(utf8.dropFirst(prefix.utf8.count))) : nil
    }
}

extension Unicode.Scalar {
    fileprivate var isSeen: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
}

/// A name from a file, quoted.
func quoted(_ name: String) -> String { "\"\(name.shown())\"" }
