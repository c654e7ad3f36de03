import ArgumentParser
import GroveClient

/// What every command that submits a job takes.
struct SubmitOptions: ParsableArguments {
    @OptionGroup var connection: BrokerOptions
    @OptionGroup(title: "When to run") var terms: TermsOptions

    @Flag(help: "Print the job's id and do not follow it.")
    var detach = false

    @Option(name: .shortAndLong, help: "The directory for results (default: ./grove-JOBID).", transform: path)
    var output: String?

    @Option(help: "0 (last) to 9 (first) in the queue.")
    var priority: UInt32 = JobValidation.defaultPriority

    @Option(
        help: """
            Repeat the job with the seeds 0 to 63, as 0-63; as 0-63%8 with at most eight at a time. Trained models are \
            named NAME-SEED. One job stands for all.
            """)
    var array: String?

    @Option(
        help: """
            Repeat a training with each of these values of a setting, as learning_rate=0.001,0.0003; may be given often, \
            for all combinations, and with --array.
            """)
    var sweep: [String] = []

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
        for text in sweep { _ = try validated { () throws(RPCError) in try ArrayText.sweep(text) } }
        if let array { _ = try validated { () throws(RPCError) in try ArrayText.range(array) } }
        if detach && output != nil {
            throw ValidationError("--detach and --output cannot go together; collect later with 'grove results'.")
        }
    }

    var json: Bool { connection.json }
}
