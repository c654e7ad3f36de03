import Models
import Wire

/// Reads raw files into a dataset that trainings and evaluations can name.
struct ImportDatasetJob {
    private let job: Grove_V1_ImportDataset

    init(_ job: Grove_V1_ImportDataset) {
        self.job = job
    }

    func run(_ context: JobContext) throws -> JobProducts {
        var dataset = try read(try files(context), context)
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

    /// Those that are read, when all together are not too large to be fetched.
    private func files(_ context: JobContext) throws -> [Grove_V1_FileRef] {
        for file in job.files where DatasetFile.isProse(file.name) {
            context.log("'\(file.name)' is not image data and was left out")
        }
        let files = job.files.filter { !DatasetFile.isProse($0.name) }
        var total: UInt64 = 0
        for file in files {
            let (sum, overflow) = total.addingReportingOverflow(file.size)
            guard !overflow, sum <= DatasetFile.largestTotal else { throw Self.tooLarge }
            total = sum
        }
        return files
    }

    private func read(_ files: [Grove_V1_FileRef], _ context: JobContext) throws -> ImageDataset {
        guard let stray = files.first(where: { !DatasetFile.isPNG($0.name) }) else {
            return try PNGFolder.read(files, context)
        }
        guard !files.contains(where: { DatasetFile.isPNG($0.name) }) else {
            throw JobError(
                .invalidArgument,
                "'\(stray.name)' lies among PNG files and is none: leave it out, a dataset of PNG files has no others.")
        }
        return try DatasetReader.read(files: try RawFiles.read(files, context))
    }

    static let tooLarge = JobError(
        .invalidArgument, "The files hold more than \(DatasetFile.largestTotal) bytes in all: import them in parts.")
}
