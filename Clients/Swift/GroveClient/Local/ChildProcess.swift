import Calls
import Dispatch
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program started by this one, in a process group of its own: Ctrl-C reaches only us, and we tell it to stop in the
/// right order. Its output comes line by line, its input is a lifeline.
package struct ChildProcess: Sendable {
    package enum End: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)
        case neverBegan

        package var description: String {
            switch self {
            case .neverBegan: "could not be started"
            case .exited(let code): "ended with exit code \(code)"
            case .killed(let signal): "was ended by signal \(signal)"
            }
        }
    }

    package enum Output: Sendable {
        case standard
        case error
    }

    package let pid: pid_t

    /// Starts `executable`.
    ///
    /// - Parameters:
    ///   - lifeline: becomes its standard input, which ends with whoever holds the lifeline.
    ///   - held: a lifeline of other children that it holds too, so that theirs ends after it.
    ///   - onLine: a line that it wrote, of at most 64 kB; called on a thread that may be blocked for a while.
    ///   - onEnd: how it ended; called once, after the last line.
    /// - Throws: `FileError` when it cannot be started, `TransportError` when the system gives no more threads.
    package init(
        _ executable: String, _ arguments: [String], lifeline: Lifeline, holding held: Lifeline? = nil,
        onLine: @escaping @Sendable (Output, String) -> Void, onEnd: @escaping @Sendable (End) -> Void
    ) throws {
        let output = try Pipe()
        let error: Pipe
        do {
            error = try Pipe()
        } catch let problem {
            output.close()
            throw problem
        }
        // In this order: none may take a number that is still to be copied.
        var descriptors = [
            (lifeline.pipe.read, STDIN_FILENO), (output.write, STDOUT_FILENO), (error.write, STDERR_FILENO),
        ]
        if let held { descriptors.append((held.pipe.write, STDERR_FILENO + 1)) }
        let (pid, code) = withExtendedLifetime((lifeline, held)) {
            Self.spawn([executable] + arguments, descriptors)
        }
        closeEnd(output.write)
        closeEnd(error.write)
        guard code == 0 else {
            closeEnd(output.read)
            closeEnd(error.read)
            let kind: FileError.Kind = code == ENOENT ? .missing : .unreadable
            throw FileError(
                kind, executable,
                "'\(executable)' cannot be started: \(String(cString: strerror(code))); "
                    + "install grove, grove-broker and grove-worker in one directory")
        }
        self.pid = pid
        do {
            try Self.follow(pid, output: output.read, error: error.read, onLine: onLine, onEnd: onEnd)
        } catch let problem {
            _ = kill(pid, SIGKILL)
            throw problem
        }
    }

    /// Reading and waiting block, so they get threads of their own; on Dispatch's, which Swift's tasks share, they would
    /// hold up everything else for seconds.
    private static func follow(
        _ pid: pid_t, output: Int32, error: Int32, onLine: @escaping @Sendable (Output, String) -> Void,
        onEnd: @escaping @Sendable (End) -> Void
    ) throws {
        let readers = DispatchGroup()
        for (pipe, kind) in [(output, Output.standard), (error, .error)] {
            readers.enter()
            _ = try SocketThread(name: "grove-lines") {
                LineReader(pipe).forEach { onLine(kind, $0) }
                readers.leave()
            }
        }
        _ = try SocketThread(name: "grove-child") {
            let end = wait(for: pid)
            // A grandchild may hold the pipes open; what it writes is not ours to wait for.
            _ = readers.wait(timeout: .now() + .seconds(2))
            onEnd(end)
        }
    }

    /// Sends a signal; nothing happens if it has ended.
    package func signal(_ number: Int32) {
        _ = kill(pid, number)
    }

    /// - Parameter descriptors: ours, and the numbers that they get there.
    private static func spawn(_ arguments: [String], _ descriptors: [(ours: Int32, theirs: Int32)]) -> (pid_t, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (ours, theirs) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, theirs) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that we ignore or block would be ignored or blocked there too.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let copies = arguments.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        var pid: pid_t = 0
        var code = posix_spawn(&pid, arguments[0], &actions, &attributes, copies + [nil], environ)
        // Somebody is still writing the program, as when a new release is being installed.
        for _ in 0..<50 where code == ETXTBSY {
            usleep(20_000)
            code = posix_spawn(&pid, arguments[0], &actions, &attributes, copies + [nil], environ)
        }
        return (pid, code)
    }

    private static func wait(for pid: pid_t) -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            // Only an interruption can be the matter: the child is ours and waited for once.
            precondition(errno == EINTR, "waiting for process \(pid) failed with errno \(errno)")
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
}
