#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How many files and connections this process may have open. Each accepted connection takes one descriptor, and the
/// usual soft limit of 1024 is too few for a broker.
package enum DescriptorLimit {
    /// Raises the soft limit to `wanted`, or as far as the hard limit goes; never lowers it.
    /// - Returns: the limit that now holds; the caller decides whether it is enough.
    package static func raise(to wanted: Int) throws -> Int {
        precondition(wanted > 0, "a limit on descriptors must be positive, not \(wanted)")
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else {
            throw TransportError(code: errno, operation: "read the limit on open files")
        }
        let target = min(rlim_t(wanted), limit.rlim_max)
        if limit.rlim_cur < target {
            limit.rlim_cur = target
            guard setrlimit(resource, &limit) == 0 else {
                throw TransportError(code: errno, operation: "raise the limit on open files to \(target)")
            }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
