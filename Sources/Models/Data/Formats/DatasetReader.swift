import Neural

/// Reads a data set from the files that its authors publish, already inflated: MNIST's and Fashion-MNIST's IDX pair,
/// CIFAR-10's binary batches, or Grove's own container. Content decides what a file is; names only serve messages.
package enum DatasetReader {
    package typealias File = (name: String, bytes: [UInt8])

    /// More files than this are no data set of these kinds.
    package static let largestFileCount = 64

    private enum Format {
        case idx, cifar, container
    }

    /// - Parameter files: images and, where there are any, labels of IDX; or any number of CIFAR-10 batches, which are put
    ///   together in the order given; or one container.
    package static func read(files: [File]) throws(DatasetError) -> ImageDataset {
        guard let first = files.first else {
            throw DatasetError("No file was given; give the files of one data set.")
        }
        guard files.count <= largestFileCount else {
            throw DatasetError("\(files.count) files are too many; give the files of one data set.")
        }
        let format = try recognise(first)
        for file in files.dropFirst() where try recognise(file) != format {
            throw DatasetError(
                "\(printable(first.name)) and \(printable(file.name)) are of different formats; "
                    + "give the files of one data set.")
        }
        switch format {
        case .idx: return try readIDX(files)
        case .cifar: return try readCIFAR(files)
        case .container:
            guard files.count == 1 else {
                throw DatasetError("\(files.count) data set containers were given; give one.")
            }
            return try DatasetContainer.decode(name: printable(first.name), bytes: first.bytes)
        }
    }

    // MARK: Formats

    private static func recognise(_ file: File) throws(DatasetError) -> Format {
        let name = printable(file.name)
        guard !file.bytes.isEmpty else { throw DatasetError("\(name) is empty; fetch it again.") }
        if let other = foreignFormat(file.bytes) {
            throw DatasetError("\(name) \(other)")
        }
        if DatasetContainer.isSafetensors(file.bytes) { return .container }
        // Labels alone can look like CIFAR-10 records, and a record of a dark airplane can begin like an IDX file: what
        // fits as a whole decides first.
        if IDX.isWhole(file.bytes) { return .idx }
        if CIFAR10.isBatch(file.bytes) { return .cifar }
        if IDX.isMagic(file.bytes) { return .idx }
        if isNamedLikeCIFAR(file.name) || file.bytes.count % CIFAR10.recordSize == 0 { return .cifar }
        throw DatasetError(
            "\(name) is in no format that is read here; give MNIST's IDX files, CIFAR-10's binary batches or a Grove "
                + "data set.")
    }

    /// What to do with files that were packed, or are something else that people hand in by mistake.
    private static func foreignFormat(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x1F, 0x8B]) { return "is still compressed with gzip; inflate it first." }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return "is a zip archive; unpack it and give its files." }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            return "is a single PNG image; give a data set of many images."
        }
        if bytes.starts(with: [0x80, 0x02, 0x7D]) {
            return "is a Python pickle, CIFAR-10's Python version; give the binary version instead."
        }
        if bytes.count > 262, Array(bytes[257..<262]) == Array("ustar".utf8) {
            return "is a tar archive; unpack it and give its files."
        }
        return nil
    }

    private static func isNamedLikeCIFAR(_ name: String) -> Bool {
        let lower = name.lowercased()
        return lower.contains("cifar") || lower.contains("data_batch") || lower.contains("test_batch")
    }

    /// The bytes that a file has if it is what its beginning says; nil for a format whose beginning does not say that.
    /// - Parameter fileSize: what else is known of its size, to tell CIFAR-10's records from IDX.
    package static func statedSize(_ head: [UInt8], fileSize: Int) -> Int? {
        fileSize % CIFAR10.recordSize == 0 ? nil : IDX.statedSize(head)
    }

    // MARK: Reading

    private static func readIDX(_ files: [File]) throws(DatasetError) -> ImageDataset {
        var images: (name: String, dataset: String, height: Int, width: Int, pixels: [UInt8])?
        var labels: (name: String, values: [UInt8])?
        for file in files {
            let name = printable(file.name)
            switch try IDX.decode(name: name, bytes: file.bytes) {
            case .images(let height, let width, let pixels):
                if let other = images {
                    throw DatasetError(
                        "\(other.name) and \(name) both hold images; give one file of images and one of their labels.")
                }
                images = (name, datasetName(of: printable(file.name, unnamed: "")), height, width, pixels)
            case .labels(let values):
                if let other = labels {
                    throw DatasetError(
                        "\(other.name) and \(name) both hold labels; give the images' own file (three axes, magic "
                            + "number 0x00000803) instead of one of them.")
                }
                labels = (name, values)
            }
        }
        guard let images else {
            throw DatasetError(
                "\(labels?.name ?? "The file") holds labels and no images; give the images' file (magic number "
                    + "0x00000803) as well.")
        }
        let count = images.pixels.count / (images.height * images.width)
        if let labels, labels.values.count != count {
            throw DatasetError(
                "\(images.name) holds \(count) images but \(labels.name) \(labels.values.count) labels; "
                    + "give two files that belong together.")
        }
        let isFashion = files.contains { $0.name.lowercased().contains("fashion") }
        let fitsFashion = isFashion && (labels?.values.max()).map { $0 < 10 } ?? false
        return try ImageDataset(
            name: images.dataset, height: images.height, width: images.width, channels: 1,
            pixels: images.pixels, labels: labels?.values, classNames: fitsFashion ? fashionClassNames : [])
    }

    private static func readCIFAR(_ files: [File]) throws(DatasetError) -> ImageDataset {
        var pixels: [UInt8] = []
        var labels: [UInt8] = []
        for file in files {
            try CIFAR10.decode(name: printable(file.name), bytes: file.bytes, pixels: &pixels, labels: &labels)
        }
        return try ImageDataset(
            name: "cifar-10", height: CIFAR10.side, width: CIFAR10.side, channels: 3, pixels: pixels, labels: labels,
            classNames: CIFAR10.classNames)
    }

    static let fashionClassNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]

    // MARK: Names

    /// "folder/train-images-idx3-ubyte.gz" is the data set "train".
    static func datasetName(of file: String) -> String {
        var name = String(file.split(separator: "/").last ?? "")
        for ending in [".gz", ".safetensors", ".idx3-ubyte", "-idx3-ubyte", "-images"] where name.hasSuffix(ending) {
            name.removeLast(ending.count)
        }
        return name.isEmpty ? "images" : name
    }

    /// A file's name as it may stand in a sentence: one line, of a bounded length.
    private static func printable(_ name: String, unnamed: String = "The file") -> String {
        name.isEmpty ? unnamed : name.shown()
    }
}
