import Foundation
import Models
import Testing
import WorkerCore

/// Event files, read by the real TensorBoard where `make tensorboard` has set one up.
@Suite struct TensorBoardTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let python = root.appending(path: ".venv-tensorboard/bin/python")
    private static let isThere = FileManager.default.isExecutableFile(atPath: python.path)

    @Test(.enabled(if: isThere, "TensorBoard is not set up; 'make tensorboard' does it"))
    func tensorBoardReadsWhatWeWrite() throws {
        var curve = TrainingCurve()
        for step in 1...300 {
            curve.add(
                TrainingProgress(
                    stage: step < 200 ? "initial" : "final", epoch: step / 50, epochs: 6, step: step, totalSteps: 300,
                    loss: 1 / Double(step), parts: [.init(name: "kl_root", value: Double(step) * 1e3)],
                    learningRate: 1e-3))
        }
        try withScratchFolder { folder in
            let file = CurveFiles(curve).events
            let path = folder.appending(path: file.name)
            try Data(file.bytes).write(to: path)
            let read = try scalars(path)
            #expect(Set(read.map(\.tag)) == ["loss", "learning_rate", "kl_root", "epoch"])
            for (index, name) in curve.names.enumerated() {
                let own = read.filter { $0.tag == name }
                #expect(own.map(\.step) == curve.points.map(\.step))
                #expect(own.map { Float($0.value) } == curve.points.map { Float($0.values[index] ?? .nan) }, "\(name)")
            }
        }
    }

    private func scalars(_ path: URL) throws -> [(tag: String, step: Int, value: Double)] {
        let process = Process()
        process.executableURL = Self.python
        process.arguments = [Self.root.appending(path: "Tests/TensorBoard/read_events.py").path, path.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try bytes.split(separator: 10).map { line in
            let row = try #require(try JSONSerialization.jsonObject(with: line) as? [Any])
            let value = try #require(row[2] as? NSNumber)
            return (try #require(row[0] as? String), try #require(row[1] as? Int), value.doubleValue)
        }
    }
}
