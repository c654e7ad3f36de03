/// How well a classifier names the images of a data set with labels.
package struct ClassifierEvaluation: Sendable, Equatable, Codable {
    package struct Class: Sendable, Equatable, Codable {
        package let name: String
        package let images: Int
        /// The share of them that is named right; 0 where there are none.
        package let accuracy: Double
    }

    package let images: Int
    package let accuracy: Double
    package let classes: [Class]

    /// - Throws: a sentence if the data set has no labels or other classes.
    package init(_ classifier: Classifier, dataset: ImageDataset, batch: Int = 256) throws(ClassifierError) {
        guard let labels = dataset.labels else {
            throw ClassifierError(
                "A classifier cannot be measured on a data set without labels; import one with labels.")
        }
        try classifier.description.requireClasses(of: dataset)
        var right = [Int](repeating: 0, count: classifier.description.classNames.count)
        var all = right
        for first in stride(from: 0, to: dataset.count, by: batch) {
            let range = first..<min(first + batch, dataset.count)
            let named = classifier.classes(features: classifier.features(dataset.tensor(range)))
            for (image, name) in zip(range, named) {
                let label = Int(labels[image])
                all[label] += 1
                if name == label { right[label] += 1 }
            }
        }
        images = dataset.count
        accuracy = Double(right.reduce(0, +)) / Double(dataset.count)
        classes = classifier.description.classNames.enumerated().map { index, name in
            Class(name: name, images: all[index], accuracy: Double(right[index]) / Double(max(1, all[index])))
        }
    }
}
