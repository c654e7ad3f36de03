import Calls

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Client {
    /// Uploads files, one after the other; what the broker has already costs next to nothing.
    ///
    /// - Parameter progress: told the bytes that are through, of how many, and of which file.
    /// - Returns: how a job names them, in the same order.
    /// - Throws: `RPCError`, or `FileError` for a file that cannot be read.
    public func upload(
        _ files: [LocalFile], progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64, _ name: String) -> Void
    ) async throws -> [FileRef] {
        let total = files.reduce(0) { $0 + $1.size }
        var before: UInt64 = 0
        var references: [FileRef] = []
        for file in files {
            let start = before
            let name = try await BlobTransfer(connection).upload(file: file.path) { done, _ in
                progress(start + done, max(total, start + done), file.name)
            }
            before += file.size
            var reference = FileRef()
            (reference.name, reference.sha256, reference.size) = (file.name, name.sha256, name.size)
            reference.mediaType = file.mediaType
            try JobValidation.check(reference, field: "the file '\(file.path)'")
            references.append(reference)
        }
        return references
    }

    /// Downloads the results of a job into a directory, which is made if needed. Each file appears only when it is
    /// complete and its hash is right. One that is there already with the same bytes is fine; with others, an error.
    ///
    /// - Returns: the paths, in the job's order.
    /// - Throws: `RPCError`, or `FileError`.
    public func download(
        resultsOf job: Job, to directory: String,
        progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64, _ name: String) -> Void
    ) async throws -> [String] {
        guard !directory.isEmpty else {
            throw FileError(.unwritable, directory, "no directory was named for the results; name one")
        }
        // Sums of what a broker says may overflow; they are only shown.
        let total = job.results.reduce(0) { $0 &+ $1.size }
        var before: UInt64 = 0
        var paths: [String] = []
        for result in job.results {
            // The name decides where on this machine we write.
            try JobValidation.check(result, field: "the result '\(result.name.excerpt)'")
            let path = directory + "/" + result.name
            try Self.makeFolder(for: path)
            let start = before
            let blob = BlobName(sha256: result.sha256, size: result.size)
            try await BlobTransfer(connection).download(blob, to: path) { done, _ in
                progress(start &+ done, total, result.name)
            }
            before &+= result.size
            paths.append(path)
        }
        return paths
    }

    private static func makeFolder(for path: String) throws(FileError) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard !folder.isEmpty else { return }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(
                .unwritable, folder, "the folder '\(folder)' cannot be made; choose another directory with -o")
        }
    }
}
