#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The files of a store as they lie in its directory, looked at before any of them is opened.
struct StoreFiles {
    let directory: String

    /// What no database can be made without; `lock` and `reserve` mean nothing by themselves.
    private static let database = ["jobs.sqlite", "jobs.sqlite-wal", "jobs.sqlite-shm", "jobs.sqlite-journal"]
    private static let folders = ["blobs", "uploads", "damaged"]
    private static let others = ["lock", "reserve"]

    var database: String { directory + "/jobs.sqlite" }

    /// Whether files of jobs lie here that only a database could tell the meaning of.
    func haveBlobs() throws -> Bool {
        let blobs = directory + "/blobs"
        guard FileSystem.isDirectory(blobs) else { return false }
        return try FileSystem.names(in: blobs).contains { name in
            let folder = "\(blobs)/\(name)"
            return FileSystem.isDirectory(folder) ? try !FileSystem.names(in: folder).isEmpty : true
        }
    }

    /// - Throws: `StoreError` of kind `.notGroves` when the database is gone, or empty, and what belonged to it is still here:
    ///   SQLite would begin a new one, and everything here would count as left over.
    func requireDatabase() throws {
        let size = try FileSystem.size(of: database)
        guard size ?? 0 == 0 else { return }
        let log = try FileSystem.size(of: database + "-wal") ?? 0
        guard try log > 0 || haveBlobs() else { return }
        throw notGroves(size == nil ? "is missing" : "is empty")
    }

    /// The refusal of a database in which nothing of Grove's is.
    func notGroves(_ finding: String) -> StoreError {
        StoreError(
            kind: .notGroves,
            message: "\(directory) cannot be used: jobs.sqlite, the database of its jobs, \(finding); put it back or "
                + "restore a backup, or start once with --start-empty, which moves the old files aside and begins with none"
        )
    }

    /// Moves everything into a new folder beside, so that a store can begin anew.
    /// - Returns: the folder.
    func setAside() throws -> String {
        var number = 1
        while try FileSystem.exists("\(directory)/aside-\(number)") { number += 1 }
        let aside = "\(directory)/aside-\(number)"
        try FileSystem.createDirectory(aside)
        for name in Self.database + Self.folders where try FileSystem.exists("\(directory)/\(name)") {
            try FileSystem.move("\(directory)/\(name)", to: "\(aside)/\(name)")
        }
        try FileSystem.synchronizeDirectory(aside)
        try FileSystem.synchronizeDirectory(directory)
        return aside
    }

    /// Makes the database where there is none, so that it and what SQLite puts beside it is readable by its owner only,
    /// and makes so what an earlier release or a person left otherwise.
    /// - Returns: what could not be made so.
    func makePrivate() throws -> [String] {
        try File.makePrivate(database)
        let files = Self.database + Self.others
        return (files.map { ($0, S_IRUSR | S_IWUSR) } + Self.folders.map { ($0, S_IRWXU) }).compactMap { name, mode in
            let path = "\(directory)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & (S_IRWXG | S_IRWXO) != 0 else { return nil }
            return chmod(path, mode) == 0 ? nil : path
        }
    }
}
