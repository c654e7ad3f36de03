import Calls
import Wire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The models that come with Grove: files in a folder, and `models.json`, which lists them. None is a legal number.
package struct ShippedModels: Sendable {
    package struct Model: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Sendable {
            case tree
            case diffusion
            case classifier
        }

        package var name: String
        package var kind: Kind
        /// Its name in the folder.
        package var file: String
        /// Of the file's bytes.
        package var sha256: String
        /// Of a diffusion model: the name of the tree that it belongs to, which stands before it in the list.
        package var tree: String?
    }

    package let folder: String
    package let models: [Model]

    /// Reads the list; the files are looked at when they are offered.
    /// - Throws: `FileError`.
    package init(folder: String) throws(FileError) {
        let list = folder + "/models.json"
        let text = try LocalFile.text(list)
        do {
            models = try JSONDecoder().decode([Model].self, from: Data(text.utf8))
        } catch {
            throw FileError(.unreadable, list, "'\(list)' is damaged; install Grove's programs and their folders again")
        }
        self.folder = folder
    }
}

// MARK: Into a broker

extension ShippedModels {
    /// Imports those that the broker has never had. A name that is taken, whatever has it, stays as it is; and as every
    /// import has the file's hash in its key, no file is imported twice, also not when its model is gone.
    ///
    /// - Parameters:
    ///   - hasWorkers: whether somebody will import them now, which is then waited for.
    ///   - say: told what did not work, a sentence each.
    package func offer(to client: Client, hasWorkers: Bool, say: @escaping @Sendable (String) -> Void) async {
        do {
            let jobs = try await submit(to: client, say: say)
            if hasWorkers {
                try await Self.wait(for: jobs, client, say: say)
            } else if !jobs.isEmpty {
                say("the models that come with Grove will be there when a worker has connected and imported them")
            }
        } catch {
            // Whoever stops it knows.
            guard !Task.isCancelled else { return }
            say("the models that come with Grove cannot be offered: \(sentence(error))")
        }
    }

    private func submit(to client: Client, say: (String) -> Void) async throws -> [(model: Model, id: String)] {
        let present = try await client.artifacts()
        var jobs: [(model: Model, id: String)] = []
        for model in models where !present.contains(where: { model.isNameTaken(by: $0) }) {
            do {
                jobs.append((model, try await submit(model, present, after: jobs, to: client)))
            } catch let error as RPCError where error.code == .alreadyExists {
                // An earlier start submitted it, when its tree was still to come; it may be under way.
                if let id = try await Self.jobUnderWay(for: model, client) { jobs.append((model, id)) }
            } catch let error as FileError {
                say("\(model.name), which comes with Grove, is not offered: \(sentence(error))")
            }
        }
        return jobs
    }

    private func submit(
        _ model: Model, _ present: [Artifact], after jobs: [(model: Model, id: String)], to client: Client
    ) async throws -> String {
        var job = Grove_V1_ImportModel()
        job.name = model.name
        var parents: [String] = []
        if let tree = models.first(where: { $0.name == model.tree }) {
            if let artifact = present.first(where: { $0.kind == .tree && $0.ref.sha256 == tree.sha256 }) {
                (job.tree.name, job.tree.version) = (artifact.ref.name, artifact.ref.version)
            } else if let parent = jobs.first(where: { $0.model == tree }) {
                job.tree.name = tree.name
                parents = [parent.id]
            } else {
                throw FileError(
                    .missing, folder,
                    "its tree, \(tree.name), is not there as it came; import '\(folder)/\(tree.file)' under another name"
                )
            }
        }
        job.file = try await file(of: model, to: client)
        var spec = JobSpec()
        spec.importModel = job
        return try await client.submit(
            spec, key: "comes with grove \(model.sha256)", priority: JobValidation.highestPriority, user: "grove",
            after: parents)
    }

    private func file(of model: Model, to client: Client) async throws -> FileRef {
        let path = folder + "/" + model.file
        let file = try await client.upload(LocalFile.collect([path])) { _, _, _ in }[0]
        guard file.sha256 == model.sha256 else {
            throw FileError(
                .changed, path, "'\(path)' is damaged: its bytes are not those of the list; install it again")
        }
        return file
    }

    private static func jobUnderWay(for model: Model, _ client: Client) async throws(RPCError) -> String? {
        try await client.jobs([.waiting, .running], limit: Limits.jobsPerList).jobs
            .first { $0.spec.importModel.name == model.name }?.id
    }

    /// For as long as it takes, as nothing that names the models can be submitted before; but not for somebody to open a
    /// queue that is paused.
    private static func wait(
        for jobs: [(model: Model, id: String)], _ client: Client, say: @escaping @Sendable (String) -> Void
    ) async throws {
        guard !jobs.isEmpty else { return }
        let reminder = Task {
            try await Task.sleep(for: .seconds(30))
            say("the models that come with Grove are still being imported; see 'grove jobs'")
        }
        defer { reminder.cancel() }
        for (model, id) in jobs {
            for try await job in client.watch(id) {
                if job.state == .waiting, job.waitingCode == .paused {
                    say("the models that come with Grove are not imported yet: \(job.waitingReason.printable)")
                    return
                }
                if job.state.isTerminal, job.state != .succeeded {
                    say("\(model.name), which comes with Grove, could not be imported: \(JobText.ending(job))")
                }
            }
        }
    }
}

extension ShippedModels.Model {
    fileprivate func isNameTaken(by artifact: Artifact) -> Bool {
        artifact.ref.name == name && artifact.kind.name == kind.rawValue
    }
}
