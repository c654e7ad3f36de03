import Foundation
import Wire

/// A broker that has a small tree and a small diffusion model, and real workers for it.
///
/// Making the models takes some seconds of training, so it is done once, and each broker works on a copy.
package final class TrainedGrove {
    package let stand: QueueStand

    /// - Parameter template: what the broker begins with; made when it is not there.
    package init(template: URL, options: [String] = ["--lease-seconds", "5"]) throws {
        if !FileManager.default.fileExists(atPath: template.path) { try Self.train(template) }
        stand = try QueueStand(copying: template, options: options)
    }

    package func worker(_ name: String, threads: Int = 1) throws -> Program {
        try Program(
            "grove-worker",
            [
                "--broker", stand.broker.endpoint, "--state", stand.folder.appending(path: name).path,
                "--name", name, "--threads", "\(threads)",
            ])
    }

    /// Runs the command line client.
    /// - Returns: what it printed, without white space around it.
    @discardableResult
    package func grove(_ arguments: String...) throws -> String {
        try Self.grove(arguments, broker: stand.broker.endpoint)
    }

    private static func grove(_ arguments: [String], broker: String) throws -> String {
        let program = try Program("grove", arguments, environment: ["GROVE_BROKER": broker])
        let status = program.waitForEnd()
        guard status == 0 else {
            throw Program.Failure("grove \(arguments.joined(separator: " ")) ended with \(status): \(program.printed)")
        }
        return program.printed.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func train(_ template: URL) throws {
        let stand = try QueueStand()
        let worker = try Program(
            "grove-worker",
            [
                "--broker", stand.broker.endpoint, "--state", stand.folder.appending(path: "worker").path,
                "--threads", "2",
            ])
        func grove(_ text: String, _ more: [String] = []) throws {
            let words = text.split(separator: " ").map(String.init)
            _ = try Self.grove(words + more, broker: stand.broker.endpoint)
        }
        let digits = try TinyDigits.write(to: stand.folder, count: 96)
        try grove("data import digits", [digits.images.path, digits.labels.path])
        try grove(
            "train tree tree --data digits --preset tiny --set batch_size=32 --set epochs_initial=1 --set epochs_split=1 "
                + "--set epochs_intermediate=0 --set epochs_final=1 --set leaves=3",
            ["-o", stand.folder.appending(path: "output").path])
        try grove(
            "train diffusion diffusion --data digits --tree tree --preset tiny --set steps=2 --set batch_size=8",
            ["-o", stand.folder.appending(path: "output-2").path])
        worker.end(SIGTERM)
        stand.broker.end(SIGTERM)
        try FileManager.default.copyItem(at: stand.folder.appending(path: "broker"), to: template)
    }
}
