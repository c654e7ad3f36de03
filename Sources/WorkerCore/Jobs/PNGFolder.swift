import Imaging
import Models
import Wire

/// A dataset as PNG files of one size; the folder that a file is in names its class.
enum PNGFolder {
    /// The first header decides on the size of all, and on whether they fit into memory, before one is decoded. They are
    /// fetched and decoded one at a time.
    static func read(_ files: [Grove_V1_FileRef], _ context: JobContext) throws -> ImageDataset {
        var pixels: [UInt8] = []
        var first: PNGHead?
        for file in files {
            try context.checkStop()
            let bytes = try UserImage.bytes(file, context)
            let head = try UserImage.head(bytes, name: file.name)
            if let first {
                try requireSame(head, first, file.name)
            } else {
                try reserve(&pixels, for: head, count: files.count, context)
                first = head
            }
            pixels += try UserImage.decode(bytes, head: head, name: file.name).pixels
        }
        guard let first else { throw JobError(.invalidArgument, "There are no files to import: give images.") }
        let (labels, classes) = try classes(of: files)
        return try ImageDataset(
            name: "images", height: first.height, width: first.width, channels: first.channels, pixels: pixels,
            labels: labels, classNames: classes)
    }

    private static func reserve(
        _ pixels: inout [UInt8], for head: PNGHead, count: Int, _ context: JobContext
    ) throws {
        let size = try ImageDataset.imageSize(height: head.height, width: head.width, channels: head.channels)
        // Thousands of files of a few megabytes: the product fits.
        guard size * count <= Int(DatasetFile.largestTotal) else { throw ImportDatasetJob.tooLarge }
        // The pixels, and twice the dataset's own file with them while it is written.
        try context.require(bytes: 3 * size * count)
        pixels.reserveCapacity(size * count)
    }

    private static func requireSame(_ head: PNGHead, _ first: PNGHead, _ name: String) throws(JobError) {
        guard head != first else { return }
        throw JobError(
            .invalidArgument,
            "'\(name)' is \(DatasetFile.png(head).words) but the files before it are \(DatasetFile.png(first).words): "
                + "make them all alike.")
    }

    private static func classes(
        of files: [Grove_V1_FileRef]
    ) throws(JobError) -> (labels: [UInt8]?, names: [String]) {
        let folders = files.map { $0.name.split(separator: "/").dropLast().last.map(String.init) }
        let names = Set(folders.compactMap { $0 }).sorted()
        guard names.count > 1, !folders.contains(nil) else { return (nil, []) }
        guard names.count <= ImageDataset.largestClassCount else {
            throw JobError(
                .invalidArgument,
                "There are \(names.count) folders of PNG files, but a dataset has at most "
                    + "\(ImageDataset.largestClassCount) classes: one folder is one class.")
        }
        return (folders.compactMap { $0.flatMap(names.firstIndex(of:)) }.map { UInt8($0) }, names)
    }
}
