import Foundation

/// What this process takes of the machine's memory.
enum ProcessMemory {
    /// The most that was resident at once since the process started, in MiB; nil where the system does not say.
    static var peakMiB: Double? {
        var usage = rusage()
        #if os(Linux)
        let (this, unit) = (Int32(RUSAGE_SELF.rawValue), 1024.0)
        #else
        let (this, unit) = (RUSAGE_SELF, 1.0)
        #endif
        guard getrusage(this, &usage) == 0 else { return nil }
        return Double(usage.ru_maxrss) * unit / 1_048_576
    }
}
