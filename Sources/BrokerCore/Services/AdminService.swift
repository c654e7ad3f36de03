import JobStore
import Wire

/// For whoever runs the broker.
struct AdminService {
    let context: ServiceContext

    /// Begins a backup, or says how far it is.
    func backup(_ request: Grove_V1_BackupRequest) throws -> Grove_V1_BackupResponse {
        let path = try context.backups.path(of: request.path)
        let progress = try context.backups.progress(of: path)
        var response = Grove_V1_BackupResponse()
        response.path = path
        response.done = progress.isDone
        (response.pages, response.totalPages) = (UInt64(progress.pages), UInt64(progress.totalPages))
        (response.files, response.totalFiles) = (UInt64(progress.files), UInt64(progress.totalFiles))
        return response
    }
}

/// The one backup that is under way, or was last. It is worked on between turns. Belongs to the broker's thread.
final class BackupDesk {
    private enum State {
        case idle
        case wanted(path: String)
        case running(Backup)
        case failed(path: String, StoreError)
    }

    private let store: JobStore
    private let folder: String
    private var state = State.idle

    /// - Parameter folder: where backups are made; nowhere else, whoever asks.
    init(_ store: JobStore, folder: String) {
        self.store = store
        self.folder = folder
    }

    /// Where the backup with this name is made; its absolute path is a name too.
    /// - Throws: `RPCError` INVALID_ARGUMENT for one that is not directly inside the folder.
    func path(of name: String) throws(RPCError) -> String {
        let isInside = name.hasPrefix(folder + "/")
        let name = isInside ? String(name.dropFirst(folder.count + 1)) : name
        guard !name.isEmpty, name.utf8.count <= Limits.nameBytes, name != ".", name != "..",
            !name.unicodeScalars.contains("/"), name == name.printable
        else {
            throw RPCError(
                .invalidArgument,
                "this broker makes backups in \(folder) only: give a name without '/', such as 'monday', or start the "
                    + "broker with --backups FOLDER",
                violations: [.init(field: "path", description: "not the name of a backup")])
        }
        return folder + "/" + name
    }

    /// Whether there is something to do.
    var isBusy: Bool {
        switch state {
        case .idle, .failed: false
        case .wanted: true
        case .running(let backup): !backup.progress.isDone
        }
    }

    /// How far the backup to this path is; begins it when it is not known, or failed before and was said so.
    /// - Throws: `RPCError` FAILED_PRECONDITION with the reason why it failed, UNAVAILABLE while there is another one.
    func progress(of path: String) throws(RPCError) -> BackupProgress {
        switch state {
        case .wanted(path): return BackupProgress()
        case .running(let backup) where backup.path == path: return backup.progress
        case .failed(path, let error):
            state = .idle
            throw RPCError(error.kind == .diskFull ? .resourceExhausted : .failedPrecondition, error.message)
        case .wanted, .running:
            guard !isBusy else {
                throw RPCError(
                    .resourceExhausted, "another backup is under way; wait until it is done", retryAfter: .seconds(1))
            }
            fallthrough
        case .idle, .failed:
            state = .wanted(path: path)
            return BackupProgress()
        }
    }

    /// Does a piece of it, outside of a batch. What it cannot do is told to who asks next.
    /// - Throws: `StoreError` when the store cannot go on.
    func step() throws {
        do {
            switch state {
            case .wanted(let path): state = .running(try Backup(of: store, to: path))
            case .running(let backup): try backup.step()
            case .idle, .failed: break
            }
        } catch let error as StoreError where !error.isFatal {
            switch state {
            case .wanted(let path): state = .failed(path: path, error)
            case .running(let backup): state = .failed(path: backup.path, error)
            case .idle, .failed: break
            }
        }
    }
}
