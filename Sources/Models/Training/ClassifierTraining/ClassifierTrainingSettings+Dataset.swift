extension ClassifierTrainingSettings {
    /// Throws a sentence that names the first setting that cannot work with these images.
    package func validate(for dataset: ImageDataset) throws(ClassifierError) {
        guard let labels = dataset.labels else {
            throw ClassifierError(
                "A classifier learns from labels and this data set has none; import the images with their labels.")
        }
        guard Set(labels).count >= 2 else {
            throw ClassifierError(
                "All images of this data set are of one class; a classifier needs images of at least two.")
        }
        do {
            try check()
            try check(images: dataset.count)
        } catch {
            throw ClassifierError(error.description + ".")
        }
    }
}
