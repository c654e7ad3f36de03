import ArgumentParser
import GroveClient
import ProgramSupport

@main
struct Grove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grove",
        abstract: "Trains and uses Diffuse-TreeVAE models through a Grove broker.",
        discussion: """
            First steps: 'grove up' in one terminal; in another 'grove data import mnist FILE...', then \
            'grove train tree digits --data mnist', then 'grove sample --tree digits'.

            A command that submits a job follows it and collects its results; Ctrl-C leaves the job running. Results go \
            to standard output, everything else to standard error. On a pipe, tables are separated by tabs and have no \
            headings; --json gives protobuf's JSON, one object a line.

            The broker is --broker, else the environment's GROVE_BROKER, else \(Client.defaultEndpoint).

            Exit codes:
            \(CommandStatus.listing)
            """,
        version: "grove \(Software.version)",
        groupedSubcommands: [
            CommandGroup(name: "Start here", subcommands: [Up.self]),
            CommandGroup(
                name: "Data and models", subcommands: [DataGroup.self, ModelGroup.self, Datasets.self, Models.self]),
            CommandGroup(name: "Training", subcommands: [Train.self, Settings.self, Evaluate.self]),
            CommandGroup(name: "Images", subcommands: [Sample.self, Reconstruct.self, Refine.self, DrawFigure.self]),
            CommandGroup(
                name: "Jobs",
                subcommands: [
                    Submit.self, Jobs.self, Status.self, Watch.self, Wait.self, Logs.self, Cancel.self, Retry.self,
                    Resume.self, Results.self, Plot.self,
                ]),
            CommandGroup(
                name: "System", subcommands: [Workers.self, Health.self, Pause.self, Drain.self, Admin.self]),
        ])
}

extension Grove {
    /// As the parser's own, but what `--help` and `--version` print are results too: a failure to write them is an error.
    static func main() async {
        StandardStreams.reserveMissing()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code.isSuccess else { exit(withError: error) }
            do {
                try Screen.shared.result(fullMessage(for: error))
            } catch {
                Screen.shared.note("grove: \(sentence(error))")
                exit(withError: ExitCode(CommandStatus(error).rawValue))
            }
        }
    }
}
