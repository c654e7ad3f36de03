#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What libzmq ends the process for when it is not there: descriptors, threads, memory to map. Asked for, and released
/// before libzmq needs it.
enum SystemRoom {
    private static let descriptors = 24
    private static let threads = 3
    /// What threads map beside their stacks: an arena of the allocator each, and its first blocks.
    private static let mappedBytes = 64 << 20

    /// - Throws: `TransportError` of kind `.resourcesExhausted`.
    static func require() throws {
        try requireDescriptors()
        try requireMemory()
        try requireThreads()
    }

    private static func requireDescriptors() throws {
        var taken: [Int32] = []
        defer { for descriptor in taken { close(descriptor) } }
        while taken.count < descriptors {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw exhausted(
                    "only \(taken.count) more files can be opened, and connections need \(descriptors)",
                    "raise the limit on open files (ulimit -n, LimitNOFILE) to 1024")
            }
            taken.append(descriptor)
        }
    }

    private static func requireMemory() throws {
        let place = mmap(nil, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let place, place != MAP_FAILED else {
            throw exhausted(
                "\(mappedBytes >> 20) MiB more cannot be mapped",
                "raise the limit on memory (ulimit -v, LimitAS) by 512 MiB, or take it away")
        }
        munmap(place, mappedBytes)
    }

    /// Starts as many threads at a time as libzmq will.
    private static func requireThreads() throws {
        var gate = pthread_mutex_t()
        pthread_mutex_init(&gate, nil)
        pthread_mutex_lock(&gate)
        var started: [pthread_t] = []
        defer { pthread_mutex_destroy(&gate) }
        withUnsafeMutablePointer(to: &gate) { gate in
            while started.count < threads, let thread = start(gate) { started.append(thread) }
            pthread_mutex_unlock(gate)
            for thread in started { pthread_join(thread, nil) }
        }
        guard started.count == threads else {
            throw exhausted(
                "no thread can be started",
                "raise the limits on threads and memory (ulimit -u and -v, TasksMax) or end other programs")
        }
    }

    /// A thread that ends when it can have the lock.
    private static func start(_ gate: UnsafeMutablePointer<pthread_mutex_t>) -> pthread_t? {
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        let code = pthread_create(
            &thread, nil,
            { gate in
                #if canImport(Glibc)
                let lock = gate?.assumingMemoryBound(to: pthread_mutex_t.self)
                #else
                let lock = gate.assumingMemoryBound(to: pthread_mutex_t.self)
                #endif
                if let lock {
                    pthread_mutex_lock(lock)
                    pthread_mutex_unlock(lock)
                }
                return nil
            }, gate)
        return code == 0 ? thread : nil
    }

    private static func exhausted(_ reason: String, _ advice: String) -> TransportError {
        TransportError(
            kind: .resourcesExhausted, operation: "start ZeroMQ", reason: reason, advice: advice, code: EAGAIN)
    }
}
