import ArgumentParser
import GroveClient
import ProgramSupport
import ShippedModels

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a broker and workers here, until Ctrl-C.",
        discussion: """
            When it says "ready", the models that come with Grove are there. Ctrl-C, SIGTERM and the end of the terminal let \
            running jobs save themselves, to go on at the next start; a second Ctrl-C does not wait for that, a third one \
            kills. Killed itself, it leaves nothing behind: broker and workers then stop in the same way. A worker that \
            crashes is started again. The broker's end is the end of all, with exit code 1.
            """)

    @Option(
        help: "The folder for everything that is kept (default: $XDG_DATA_HOME/grove, else ~/.grove).", transform: path)
    var data: String?
    @Option(help: "Where the broker listens.") var bind = Client.defaultEndpoint
    @Option(help: "How many workers.") var workers = 1
    @Option(help: "Cores that a job may use (default: all, shared among the workers).") var threads: Int?
    @Option(help: "What training takes of a worker's time while images are drawn there, 0.05 to 1.")
    var trainingShare = 0.2

    func validate() throws {
        guard (0...64).contains(workers) else { throw ValidationError("--workers takes 0 to 64, not \(workers).") }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads takes 1 to 256, not \(threads).")
        }
        guard (0.05...1).contains(trainingShare) else {
            throw ValidationError("--training-share takes 0.05 to 1, not \(trainingShare).")
        }
    }

    func run() async throws {
        StandardStreams.outliveReaders()
        try await reporting {
            let folder = data ?? Places.data(Places.environment)
            let programs = Places.programs
            for program in ["grove-broker", "grove-worker"] where !Places.isProgram(programs + "/" + program) {
                throw RPCError(.failedPrecondition, "'\(program)' is not in \(programs); install the programs together")
            }
            try Places.makeFolder(folder)
            let local = LocalGrove(
                .init(
                    programs: programs, data: folder, bind: bind, workers: workers,
                    threads: threads ?? max(1, Places.processors / max(1, workers)), trainingShare: trainingShare))
            let requests = try await StopRequests()
            let listening = Task {
                await requests.forEach { _ in
                    Screen.shared.note("grove: stopping")
                    local.stop()
                }
            }
            defer { listening.cancel() }
            return try await local.run(preparing: offerModels) { tell($0, folder: folder) }
        }
    }

    /// Whatever goes wrong with the models that come with Grove, the rest is there.
    private func offerModels(_ endpoint: String) async {
        let say: @Sendable (String) -> Void = { Screen.shared.note("grove: \($0)") }
        do {
            let folder = Places.programs + "/" + String(cString: grove_shipped_models_folder)
            let models = try ShippedModels(folder: folder)
            let client = try Client(endpoint, options: .init(name: "grove"))
            await models.offer(to: client, hasWorkers: workers > 0, say: say)
        } catch {
            say(sentence(error))
        }
    }

    private func tell(_ news: LocalGrove.News, folder: String) {
        switch news {
        case .line(let member, let text):
            let name = "\(member)"
            let gap = String(repeating: " ", count: max(0, 9 - name.count))
            Screen.shared.note("\(name)\(gap)| \(text.printable)")
        case .say(let text): Screen.shared.note("grove: \(text)")
        case .ready(let endpoint):
            do {
                try Screen.shared.result("ready \(endpoint)")
            } catch {
                // Whoever started it may not care for its output; the jobs do not need it.
                Screen.shared.note("grove: \(sentence(error))")
            }
            Screen.shared.note("grove: everything is kept in \(folder); Ctrl-C stops")
            Screen.shared.note("grove: next, in another terminal: \(Self.next(endpoint, hasWorkers: workers > 0))")
        }
    }

    private static func next(_ endpoint: String, hasWorkers: Bool) -> String {
        guard hasWorkers else { return "grove-worker --broker \(endpoint)" }
        let isStandard = endpoint == Client.defaultEndpoint
        return "grove sample --tree mnist-tree -n 20"
            + (isStandard ? "" : " (with --broker \(endpoint), or GROVE_BROKER set to it)")
    }
}
