import Imaging
import Models
import Wire

/// Reads raw files into a dataset that trainings and evaluations can name.
struct ImportDatasetJob {
    private let job: Grove_V1_ImportDataset

    init(_ job: Grove_V1_ImportDataset) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        var files: [DatasetReader.File] = []
        var room = Self.largestTotal
        for reference in job.files {
            try context.checkStop()
            if Self.isProse(reference.name) {
                context.log("'\(reference.name)' is not image data and was left out")
                continue
            }
            guard reference.size <= UInt64(room) else { throw Self.tooLarge }
            var bytes = try context.bytes(reference)
            if Gzip.isGzip(bytes) {
                bytes = try Gzip.inflate(bytes, name: reference.name, limit: room)
            }
            room -= bytes.count
            files.append((reference.name, bytes))
        }
        var dataset = try PNGFolder.isPNGs(files) ? PNGFolder.read(files) : DatasetReader.read(files: files)
        if job.limit > 0 { dataset = dataset.first(Int(job.limit)) }
        context.log(
            "\(dataset.count) images of \(dataset.width)×\(dataset.height)×\(dataset.channels), "
                + (dataset.labels == nil ? "without labels" : "\(dataset.classNames.count) classes"))
        var facts = Grove_V1_ArtifactFacts()
        facts.height = UInt32(dataset.height)
        facts.width = UInt32(dataset.width)
        facts.channels = UInt32(dataset.channels)
        facts.images = UInt64(dataset.count)
        facts.labelled = dataset.labels != nil
        return JobProducts(artifacts: [
            MadeArtifact(name: job.name, kind: .dataset, facts: facts, bytes: try DatasetContainer.encode(dataset))
        ])
    }

    /// Files that often lie beside a dataset.
    private static func isProse(_ name: String) -> Bool {
        [".md", ".txt", ".html"].contains { name.lowercased().hasSuffix($0) }
    }

    /// Bytes of all files together, and of all pixels: they are in memory at once.
    static let largestTotal = 4 << 30

    static let tooLarge = JobError(
        .invalidArgument, "The files hold more than \(largestTotal) bytes in all: import them in parts.")
}

/// A dataset as PNG files of one size; the folder that a file is in names its class.
enum PNGFolder {
    static func isPNGs(_ files: [DatasetReader.File]) -> Bool {
        !files.isEmpty && files.allSatisfy { $0.name.lowercased().hasSuffix(".png") }
    }

    static func read(_ files: [DatasetReader.File]) throws -> ImageDataset {
        var pixels: [UInt8] = []
        var first: ImageBuffer?
        for file in files {
            let image = try UserImage.decode(file.bytes, name: file.name)
            let expected = first ?? image
            guard image.width == expected.width, image.height == expected.height, image.channels == expected.channels
            else {
                throw JobError(
                    .invalidArgument,
                    "'\(file.name)' is \(image.width)×\(image.height)×\(image.channels) but the files before it are "
                        + "\(expected.width)×\(expected.height)×\(expected.channels): make them all one size.")
            }
            first = expected
            guard pixels.count + image.pixels.count <= ImportDatasetJob.largestTotal else {
                throw ImportDatasetJob.tooLarge
            }
            pixels += image.pixels
        }
        guard let first else { throw JobError(.invalidArgument, "There are no PNG files to import.") }
        let folders = files.map { $0.name.split(separator: "/").dropLast().last.map(String.init) }
        let classes = Set(folders.compactMap { $0 }).sorted()
        let isLabelled = classes.count > 1 && !folders.contains(nil)
        let labels = isLabelled ? folders.compactMap { $0.flatMap(classes.firstIndex(of:)) } : []
        guard classes.count <= ImageDataset.largestClassCount else {
            throw JobError(
                .invalidArgument,
                "There are \(classes.count) folders of PNG files, but a dataset has at most "
                    + "\(ImageDataset.largestClassCount) classes: one folder is one class.")
        }
        return try ImageDataset(
            name: "images", height: first.height, width: first.width, channels: first.channels, pixels: pixels,
            labels: isLabelled ? labels.map { UInt8($0) } : nil, classNames: isLabelled ? classes : [])
    }
}
