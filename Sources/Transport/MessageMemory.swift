import CZeroMQ

/// What libzmq's messages lie in.
package enum MessageMemory {
    /// From now on what large messages took goes back to the system when they are done, in the whole process.
    ///
    /// A block of 128 KiB or more is mapped for itself. Otherwise glibc raises that limit with the first large block that
    /// is freed, to up to 32 MiB, and a process to which a thousand peers sent a mebibyte at once keeps half a gibibyte.
    package static func returnWhenDone() {
        #if canImport(Glibc)
        let isSet = mallopt(M_MMAP_THRESHOLD, 128 << 10) == 1
        precondition(isSet, "glibc takes any threshold up to 32 MiB")
        #endif
    }
}
