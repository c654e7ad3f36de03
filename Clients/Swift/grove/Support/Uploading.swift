import GroveClient

extension Client {
    /// Uploads files, showing how far it is.
    func upload(showing files: [LocalFile]) async throws -> [FileRef] {
        let screen = Screen.shared
        let references = try await upload(files) { done, total, name in
            screen.draw(
                ProgressLine.transfer("uploading", done: done, total: total, name: name, width: screen.width - 1))
        }
        screen.clear()
        return references
    }
}
