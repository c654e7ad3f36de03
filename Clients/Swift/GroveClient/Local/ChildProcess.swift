import Calls
import Dispatch
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program started by this one, in a process group of its own: Ctrl-C reaches only us, and we tell it to stop in the
/// right order. Its output comes line by line.
package struct ChildProcess: Sendable {
    package enum End: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        package var description: String {
            switch self {
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
    ///   - onLine: a line that it wrote, of at most 64 kB; called on a thread that may be blocked for a while.
    ///   - onEnd: how it ended; called once, after the last line.
    /// - Throws: `FileError` when it cannot be started, `TransportError` when the system gives no more threads.
    package init(
        _ executable: String, _ arguments: [String], onLine: @escaping @Sendable (Output, String) -> Void,
        onEnd: @escaping @Sendable (End) -> Void
    ) throws {
        let output = try Pipe()
        let error: Pipe
        do {
            error = try Pipe()
        } catch let problem {
            output.close()
            throw problem
        }
        let (pid, code) = Self.spawn([executable] + arguments, output: output.write, error: error.write)
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

    private static func spawn(_ arguments: [String], output: Int32, error: Int32) -> (pid_t, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)

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

private struct Pipe {
    let read: Int32
    let write: Int32

    init() throws(FileError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw FileError(.unreadable, "", "no pipe can be opened: \(String(cString: strerror(errno)))")
        }
        // Not for the other children: they would hold it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (read, write) = (ends[0], ends[1])
    }

    func close() {
        closeEnd(read)
        closeEnd(write)
    }
}

private func closeEnd(_ descriptor: Int32) {
    _ = close(descriptor)
}
