/// Datasets, models and workers as tables.
package enum ArtifactText {
    package static func datasets(_ artifacts: [Artifact]) -> Table {
        var table = Table([
            .init("DATASET"), .init("VERSION", isNumber: true), .init("IMAGES", isNumber: true), .init("SIZE"),
            .init("LABELS"), .init("BYTES", isNumber: true), .init("MADE"), .init("JOB"),
        ])
        for artifact in artifacts {
            let facts = artifact.facts
            table.add([
                artifact.ref.name, String(artifact.ref.version), String(facts.images), size(facts),
                facts.labelled ? "yes" : "no", Format.bytes(artifact.ref.size),
                Format.time(milliseconds: artifact.createdMs), artifact.jobID.isEmpty ? "-" : artifact.jobID,
            ])
        }
        return table
    }

    /// Trees and diffusion models; of the latter with the tree they belong to.
    package static func models(_ artifacts: [Artifact]) -> Table {
        var table = Table([
            .init("MODEL"), .init("VERSION", isNumber: true), .init("KIND"), .init("SIZE"),
            .init("LEAVES", isNumber: true), .init("TREE"), .init("BYTES", isNumber: true), .init("MADE"), .init("JOB"),
            .init("METRICS"),
        ])
        let trees = Dictionary(
            artifacts.filter { $0.kind == .tree }.map { ($0.ref.sha256, $0.ref.text) },
            uniquingKeysWith: { _, new in new })
        for artifact in artifacts {
            let facts = artifact.facts
            let tree = facts.treeSha256.isEmpty ? "-" : trees[facts.treeSha256] ?? String(facts.treeSha256.prefix(12))
            let metrics = facts.metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\(Format.number($0.value))" }
            table.add([
                artifact.ref.name, String(artifact.ref.version), artifact.kind.name, size(facts),
                facts.leaves == 0 ? "-" : String(facts.leaves), tree, Format.bytes(artifact.ref.size),
                Format.time(milliseconds: artifact.createdMs), artifact.jobID.isEmpty ? "-" : artifact.jobID,
                metrics.isEmpty ? "-" : metrics.joined(separator: " "),
            ])
        }
        return table
    }

    /// Height × width × channels.
    private static func size(_ facts: Grove_V1_ArtifactFacts) -> String {
        facts.height == 0 ? "-" : "\(facts.height)x\(facts.width)x\(facts.channels)"
    }

    package static func workers(_ workers: [WorkerInfo], now: Int64) -> Table {
        var table = Table([
            .init("WORKER"), .init("CONNECTED"), .init("SEEN"), .init("SLOTS"), .init("THREADS", isNumber: true),
            .init("RUNNING"), .init("PROCESSOR"),
        ])
        for worker in workers {
            let description = worker.description_p
            let running = worker.running.map { report in
                "\(report.attempt.jobID) \(report.progress.stage)".trimmed
            }
            table.add([
                description.name, worker.connected ? "yes" : "no",
                Format.age(milliseconds: worker.lastSeenMs, now: now),
                "\(description.interactiveSlots)+\(description.trainingSlots)", String(description.threads),
                running.isEmpty ? "-" : running.joined(separator: ", "),
                description.processor.isEmpty ? "-" : description.processor,
            ])
        }
        return table
    }
}

extension String {
    /// Without spaces at its end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
