import ArgumentParser
import GroveClient

struct DataGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Brings images to the broker.", subcommands: [DataImport.self])
}

struct DataImport: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a dataset of files.",
        discussion: """
            Takes IDX files (images, and labels if they are there), CIFAR-10's binary files, either as they are or with \
            gzip, and folders of PNG files of one size; in folders of folders, the folder is the class.
            """)

    @Argument(help: "The name of the dataset: a-z 0-9 . _ -") var name: String
    @Argument(help: "Files, or a folder of them.", transform: path) var paths: [String]
    @Option(help: "Keep only so many images.") var limit: UInt32 = 0
    @OptionGroup var submit: SubmitOptions

    func validate() throws {
        guard JobValidation.isName(name) else {
            throw ValidationError("'\(name)' is not a name; use 1 to 64 of the characters a-z 0-9 . _ -")
        }
        do {
            _ = try LocalFile.dataset(paths)
        } catch {
            throw ValidationError(sentence(error))
        }
    }

    func spec(_ client: Client) async throws -> JobSpec {
        var job = Grove_V1_ImportDataset()
        job.name = name
        job.files = try await client.upload(showing: LocalFile.dataset(paths))
        job.limit = limit
        var spec = JobSpec()
        spec.importDataset = job
        return spec
    }
}
