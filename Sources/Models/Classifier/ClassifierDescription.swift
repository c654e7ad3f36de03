import Neural

/// Everything about a classifier but its weights.
package struct ClassifierDescription: Codable, Sendable, Equatable {
    package let height: Int
    package let width: Int
    /// 1 (grey) or 3 (RGB).
    package let channels: Int
    /// The classes that it tells apart, in the order of their labels.
    package let classNames: [String]

    package init(height: Int, width: Int, channels: Int, classNames: [String]) {
        self.height = height
        self.width = width
        self.channels = channels
        self.classNames = classNames
    }

    /// For the images and classes of a data set.
    package init(_ dataset: ImageDataset) {
        self.init(
            height: dataset.height, width: dataset.width, channels: dataset.channels, classNames: dataset.classNames)
    }

    /// Throws a sentence that names what cannot work.
    package func validate() throws(ClassifierError) {
        let sides = 1...ImageDataset.largestSide
        guard sides.contains(height), sides.contains(width), channels == 1 || channels == 3 else {
            throw ClassifierError(
                "A classifier of images of \(width)×\(height)×\(channels) is not supported; use sides of 1 to "
                    + "\(ImageDataset.largestSide) and 1 or 3 channels.")
        }
        guard (2...ImageDataset.largestClassCount).contains(classNames.count) else {
            throw ClassifierError(
                "A classifier tells 2 to \(ImageDataset.largestClassCount) classes apart, not \(classNames.count); "
                    + "give it images of at least two.")
        }
    }

    /// Throws unless the classes of a data set are this classifier's. A data set may lack the last ones.
    package func requireClasses(of dataset: ImageDataset) throws(ClassifierError) {
        guard Array(classNames.prefix(dataset.classNames.count)) == dataset.classNames else {
            throw ClassifierError(
                "The classifier knows the classes \(Self.list(classNames)) but the data set has "
                    + "\(Self.list(dataset.classNames)); use a classifier that was trained on these classes.")
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(12).map { $0.shown(40) }.joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }
}
