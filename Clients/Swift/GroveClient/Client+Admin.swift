import Calls

extension Client {
    /// Has the broker copy all that it has into a folder of its machine, while it goes on; returns when that is done.
    /// - Parameter name: a new one, in the folder that the broker makes its backups in.
    public func backup(named name: String) async throws -> BackupResponse {
        var request = Grove_V1_BackupRequest()
        request.path = name
        while true {
            let response: BackupResponse = try await call(Method.adminBackup, request)
            if response.done { return response }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
