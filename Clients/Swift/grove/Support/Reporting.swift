import ArgumentParser
import GroveClient

/// Runs a command: an error becomes one sentence on standard error and the exit code that the list in `--help` says.
func reporting(_ body: () async throws -> CommandStatus) async throws {
    let status: CommandStatus
    do {
        status = try await body()
    } catch {
        Screen.shared.note("grove: \(sentence(error))")
        status = CommandStatus(error)
    }
    Screen.shared.clear()
    guard status == .success else { throw ExitCode(status.rawValue) }
}

/// What the library finds wrong with an argument, in the form in which the parser reports it, with the command's usage.
func validated<Value>(_ body: () throws(RPCError) -> Value) throws -> Value {
    do throws(RPCError) {
        return try body()
    } catch {
        throw ValidationError(error.message)
    }
}

/// The same for files.
func validatedFiles<Value>(_ body: () throws(FileError) -> Value) throws -> Value {
    do throws(FileError) {
        return try body()
    } catch {
        throw ValidationError(sentence(error))
    }
}
