/// What is wrong with what a model is to be made of, or trained on.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Subject: Hashable, Sendable {
        /// A setting, under the name that users write.
        case setting(String)
        /// The images themselves.
        case images
    }

    package let subject: Subject
    /// Follows the name of the subject, and says what to do.
    package let complaint: String

    package init(_ setting: String, _ complaint: String) {
        (subject, self.complaint) = (.setting(setting), complaint)
    }

    package init(images complaint: String) {
        (subject, self.complaint) = (.images, complaint)
    }

    package var description: String { sentence() }

    /// The whole sentence.
    ///
    /// - Parameter names: what settings are called where they were read from, if not as users write them.
    package func sentence(_ names: [String: String] = [:]) -> String {
        switch subject {
        case .setting(let name): "\(names[name] ?? name) \(complaint)"
        case .images: "The data set \(complaint)"
        }
    }
}

extension SettingsError {
    static func tooFew(_ count: Int, atLeast fewest: Int) -> SettingsError {
        let images = count == 1 ? "1 image" : "\(count) images"
        return SettingsError(images: "has \(images), and a training needs at least \(fewest); import more")
    }

    /// - Parameter largest: the largest batch that there are images for.
    static func batch(of size: Int, on count: Int, atMost largest: Int) -> SettingsError {
        SettingsError(
            "batch_size", "is \(size), for which \(count) images are too few; set \(largest) or less, or import more")
    }
}

extension ClosedRange<Int> {
    /// As people say it.
    package var inWords: String { "\(lowerBound) to \(upperBound)" }
}

extension ClosedRange<Double> {
    /// As people say it: whole numbers without ".0".
    package var inWords: String { "\(Self.short(lowerBound)) to \(Self.short(upperBound))" }

    private static func short(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension ClosedRange {
    /// Throws unless a setting's value is in this range; a value that is not a number never is.
    func require(_ value: Bound, _ setting: String) throws(SettingsError) {
        guard contains(value) else {
            throw SettingsError(setting, "must be from \(lowerBound) to \(upperBound), not \(value)")
        }
    }
}
