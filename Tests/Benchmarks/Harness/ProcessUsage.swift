import Foundation

/// What this process takes of the machine.
enum ProcessUsage {
    /// The most memory that was resident at once since the process started, in MiB; not a number where the system does not
    /// say.
    static var peakMiB: Double {
        #if os(Linux)
        let unit = 1024.0
        #else
        let unit = 1.0
        #endif
        return usage.map { Double($0.ru_maxrss) * unit / 1_048_576 } ?? .nan
    }

    /// Seconds that all threads together have computed.
    static var processorSeconds: Double {
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return usage.map { seconds($0.ru_utime) + seconds($0.ru_stime) } ?? .nan
    }

    private static var usage: rusage? {
        var usage = rusage()
        #if os(Linux)
        let this = Int32(RUSAGE_SELF.rawValue)
        #else
        let this = RUSAGE_SELF
        #endif
        return getrusage(this, &usage) == 0 ? usage : nil
    }
}
