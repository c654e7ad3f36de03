import ArgumentParser
import GroveClient

/// What every command that submits a job takes.
struct SubmitOptions: ParsableArguments {
    @OptionGroup var connection: BrokerOptions
    @OptionGroup(title: "When to run") var terms: TermsOptions

    @Flag(help: "Print the job's id and do not follow it.")
    var detach = false

    @Option(name: .shortAndLong, help: "The directory for results (default: ./grove-JOBID).")
    var output: String?

    @Option(help: "0 (last) to 9 (first) in the queue.")
    var priority: UInt32 = JobValidation.defaultPriority

    @Option(
        help: "The same key with the same job submits it once, however often the command is run (default: random).")
    var idempotencyKey: String?

    func validate() throws {
        guard priority <= JobValidation.highestPriority else {
            throw ValidationError("--priority takes 0 to \(JobValidation.highestPriority), not \(priority).")
        }
        if let key = idempotencyKey, key.isEmpty || key.utf8.count > Limits.idempotencyKeyBytes {
            throw ValidationError("--idempotency-key takes 1 to \(Limits.idempotencyKeyBytes) bytes.")
        }
        if detach && output != nil {
            throw ValidationError("--detach and --output cannot go together; collect later with 'grove results'.")
        }
    }

    var json: Bool { connection.json }
}
