#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What one input may cost: processor time, and memory.
enum ProcessLimits {
    /// Seconds of the processor's time, whatever else the machine does.
    private static let seconds = 60
    private static let addressSpace: rlim_t = 12 << 30

    #if canImport(Glibc)
    private static let (space, core) = (
        __rlimit_resource_t(RLIMIT_AS.rawValue), __rlimit_resource_t(RLIMIT_CORE.rawValue)
    )
    private static let timer = __itimer_which_t(ITIMER_VIRTUAL.rawValue)
    private static let this = Int32(RUSAGE_SELF.rawValue)
    private static let memoryUnit = 1024
    #else
    private static let (space, core) = (RLIMIT_AS, RLIMIT_CORE)
    private static let timer = ITIMER_VIRTUAL
    private static let this = RUSAGE_SELF
    private static let memoryUnit = 1
    #endif

    /// Keeps an input from filling the machine's memory, or its disk with core files.
    static func set() throws(Violation) {
        for (resource, amount) in [(space, addressSpace), (core, 0)] {
            var limit = rlimit(rlim_cur: amount, rlim_max: amount)
            guard setrlimit(resource, &limit) == 0 else {
                throw Violation("the process's limits cannot be set: error \(errno)")
            }
        }
    }

    /// From here the next input has its time; SIGVTALRM ends the process when it is over.
    static func startClock() throws(Violation) {
        var time = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: seconds, tv_usec: 0))
        guard setitimer(timer, &time, nil) == 0 else {
            throw Violation("the processor's time cannot be limited: error \(errno)")
        }
    }

    /// The most memory that the process has had, in bytes.
    static var peakMemory: Int {
        var usage = rusage()
        return getrusage(this, &usage) == 0 ? usage.ru_maxrss * memoryUnit : 0
    }
}
