import Foundation

/// A curve as files: JSON lines, a table, and what TensorBoard reads.
package struct CurveFiles {
    private let curve: TrainingCurve

    package init(_ curve: TrainingCurve) {
        self.curve = curve
    }

    package var all: [ResultFile] { [jsonLines, table, events] }

    /// One JSON object a step.
    package var jsonLines: ResultFile {
        let lines = curve.points.map { point in
            let measured = curve.values(of: point).map { ",\"\($0.name)\":\($0.value)" }.joined()
            return "{\"step\":\(point.step),\"stage\":\"\(point.stage)\",\"epoch\":\(point.epoch),"
                + "\"time\":\(Self.time(point))\(measured)}\n"
        }
        return file("metrics.jsonl", "application/jsonl", lines)
    }

    /// One row a step under a heading (RFC 4180); empty where there is no value.
    package var table: ResultFile {
        let heading = (["step", "stage", "epoch", "time"] + curve.names).joined(separator: ",") + "\r\n"
        let rows = curve.points.map { point in
            let values = curve.names.indices.map { index in
                point.values.indices.contains(index) ? point.values[index].map { "\($0)" } ?? "" : ""
            }
            return (["\(point.step)", point.stage, "\(point.epoch)", Self.time(point)] + values).joined(separator: ",")
                + "\r\n"
        }
        return file("metrics.csv", "text/csv", [heading] + rows)
    }

    /// Scalars under the names that the other files use.
    package var events: ResultFile {
        let start = curve.points.first?.time ?? 0
        var events = EventFile(startingAt: start)
        for point in curve.points {
            events.add(
                curve.values(of: point) + [("epoch", Double(point.epoch))], step: Int64(point.step), time: point.time)
        }
        return ResultFile(
            name: "events.out.tfevents.\(Int(start)).grove", mediaType: "application/x-tfevents", bytes: events.bytes)
    }

    private func file(_ name: String, _ mediaType: String, _ lines: [String]) -> ResultFile {
        ResultFile(name: name, mediaType: mediaType, bytes: Array(lines.joined().utf8))
    }

    private static func time(_ point: TrainingCurve.Point) -> String { String(format: "%.3f", point.time) }
}
