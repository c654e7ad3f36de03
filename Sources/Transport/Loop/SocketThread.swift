import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A real thread for a loop that waits: Swift's cooperative pool has one thread a core, and a waiting loop would take
/// one away for good. Sockets are created, used and closed inside the body, which Unix signals do not interrupt.
package final class SocketThread: Sendable {
    private let thread: Mutex<pthread_t?>

    /// Starts `body` at once.
    /// - Parameter name: shown by `top -H` and debuggers, cut to 15 bytes.
    /// - Throws: `TransportError` of kind `.resourcesExhausted` when the system gives no more threads.
    package init(name: String, body: @escaping @Sendable () -> Void) throws {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        let code = pthread_create(&thread, nil, runThread, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw TransportError(code: code, operation: "start the thread \(name)")
        }
        self.thread = Mutex(thread)
    }

    deinit {
        // Never joined: it runs on by itself and the system frees it at its end.
        thread.withLock { thread in
            if let thread { pthread_detach(thread) }
        }
    }

    /// Waits until the body has returned; every later call returns at once. It blocks: never call it from a Swift task.
    package func join() {
        thread.withLock { thread in
            guard let running = thread else { return }
            precondition(pthread_equal(running, pthread_self()) == 0, "a thread cannot wait for its own end")
            let code = pthread_join(running, nil)
            precondition(code == 0, "pthread_join refused a live thread")
            thread = nil
        }
    }
}

/// What the new thread finds on its side.
private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

/// Leaves signals such as SIGTERM to the threads that expect them, as libzmq's own threads do. Otherwise it would
/// depend on the creating thread: Dispatch's workers block them, the main thread does not. The signals of a crash stay,
/// so that it is reported.
private func blockSignals() {
    var signals = sigset_t()
    sigfillset(&signals)
    for crash in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { sigdelset(&signals, crash) }
    let code = pthread_sigmask(SIG_SETMASK, &signals, nil)
    precondition(code == 0, "pthread_sigmask refused a full set")
}

#if canImport(Glibc)
private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { preconditionFailure("a thread was started without a body") }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    blockSignals()
    nameThisThread(start.name)
    start.body()
    return nil
}

/// Linux lets a thread name itself through this file; pthread_setname_np is not in Swift's Glibc module. A name is a
/// convenience: without /proc the thread goes without.
private func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
}
#else
private func runThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    blockSignals()
    pthread_setname_np(start.name)
    start.body()
    return nil
}
#endif
