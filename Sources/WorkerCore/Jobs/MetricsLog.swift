import Models

/// The training curves, one JSON object a line: every step at first, then every second, every fourth and so on, so that
/// a month's run stays readable and in bounds.
package struct MetricsLog {
    private var lines: [(step: Int, text: String)] = []
    private var stride = 1

    /// Lines that are never passed.
    package static let mostLines = 10_000

    package init() {}

    package mutating func add(_ step: TrainingProgress) {
        guard step.step % stride == 0 else { return }
        var fields = ["\"step\":\(step.step)", "\"stage\":\"\(step.stage)\"", "\"epoch\":\(step.epoch)"]
        fields.append("\"loss\":\(step.loss)")
        fields.append("\"learning_rate\":\(step.learningRate)")
        fields += step.parts.map { "\"\($0.name)\":\($0.value)" }
        lines.append((step.step, "{" + fields.joined(separator: ",") + "}"))
        guard lines.count == Self.mostLines else { return }
        stride *= 2
        lines.removeAll { $0.step % stride != 0 }
    }

    package var file: ResultFile {
        ResultFile(
            name: "metrics.jsonl", mediaType: "application/jsonl",
            bytes: Array((lines.map(\.text).joined(separator: "\n") + "\n").utf8))
    }
}
