import CZeroMQ

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The libzmq context of a process: its I/O threads and the room for its sockets. Make one a process and share it;
/// every socket holds on to it, so that it ends after the last of them. Create it after any fork, never before.
package final class ZeroMQContext: Sendable {
    // libzmq's context functions may be called from any thread; the pointer itself never changes.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - ioThreads: one carries about 1 GB/s; more help only above that.
    ///   - maxSockets: how many sockets this process may open. Accepted connections do not count, they take descriptors.
    /// - Throws: `TransportError` when the installed libzmq is older than 4.3.4 or the context cannot be made.
    package init(ioThreads: Int = 1, maxSockets: Int = 1023) throws {
        precondition((1...64).contains(ioThreads), "ioThreads must be 1 to 64, not \(ioThreads)")
        precondition((1...65_535).contains(maxSockets), "maxSockets must be 1 to 65535, not \(maxSockets)")
        try Self.require(Self.version)
        try SystemRoom.require()
        guard let context = zmq_ctx_new() else {
            throw TransportError(code: zmq_errno(), operation: "create a ZeroMQ context")
        }
        handle = context
        let settings: [(name: String, option: Int32, value: Int)] = [
            ("I/O threads", ZMQ_IO_THREADS, ioThreads),
            ("maximum sockets", ZMQ_MAX_SOCKETS, maxSockets),
            // Sockets start with LINGER 0: terminating never waits for a peer.
            ("blocking termination", ZMQ_BLOCKY, 0),
        ]
        for setting in settings where zmq_ctx_set(context, setting.option, Int32(setting.value)) != 0 {
            // The deinit of this completely initialised object ends the context.
            throw TransportError(code: zmq_errno(), operation: "set the context's \(setting.name) to \(setting.value)")
        }
    }

    deinit {
        // Every socket holds the context, so all are closed here and this waits only for the reaper to finish them.
        while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
    }

    /// Makes waits end at once and all calls on sockets soon (libzmq looks for news every few milliseconds) with
    /// `.contextTerminated`. For any thread; a last resort, since a `Wakeup` stops a loop in an orderly way.
    package func shutDown() {
        let result = zmq_ctx_shutdown(handle)
        precondition(result == 0, "zmq_ctx_shutdown refused a live context")
    }
}

extension ZeroMQContext {
    package struct Version: Comparable, Hashable, Sendable, CustomStringConvertible {
        package let major: Int32
        package let minor: Int32
        package let patch: Int32

        package init(_ major: Int32, _ minor: Int32, _ patch: Int32) {
            (self.major, self.minor, self.patch) = (major, minor, patch)
        }

        package static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
        }

        package var description: String { "\(major).\(minor).\(patch)" }
    }

    /// 4.3.1 to 4.3.3 closed memory errors that a stranger can reach before the handshake ends.
    package static let oldestVersion = Version(4, 3, 4)

    /// The libzmq this process is linked to.
    package static var version: Version {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        return Version(major, minor, patch)
    }

    /// Whether libzmq was built with CURVE.
    package static var hasCurve: Bool { zmq_has("curve") == 1 }

    /// - Throws: `TransportError` of kind `.unsupportedLibrary` when `version` is too old to be safe.
    static func require(_ version: Version) throws {
        guard version >= oldestVersion else {
            throw TransportError(
                kind: .unsupportedLibrary, operation: "use ZeroMQ",
                reason: "libzmq \(version) has known security defects", advice: "install \(oldestVersion) or newer",
                code: 0)
        }
    }
}
