import CZeroMQ

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What went wrong beneath a socket, in words. Every `errno` of libzmq and of the few system calls made here ends in
/// this type; the two answers that are part of normal life (nothing to read, no room to send) are values instead:
/// `nil`, `Router.SendOutcome` and `Dealer.SendOutcome`.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// Somebody else listens there.
        case addressInUse
        /// Well formed, but this machine or this user may not listen there.
        case addressUnusable
        /// Not an endpoint at all.
        case badEndpoint
        /// The context was shut down; its sockets can only be closed.
        case contextTerminated
        /// File descriptors, sockets, threads or memory ran out.
        case resourcesExhausted
        /// The installed libzmq is too old.
        case unsupportedLibrary
        /// Anything else: a defect here or in the system.
        case unexpected
    }

    package let kind: Kind
    /// What was being done, to continue "cannot …": `bind tcp://127.0.0.1:5555`.
    package let operation: String
    /// The system's word for it (`strerror`), or what was found.
    package let reason: String
    /// What the reader can do about it.
    package let advice: String
    /// The `errno`, 0 where there was none.
    package let code: Int32

    /// Whether the same call may succeed later without anybody changing anything.
    package var isRetriable: Bool { kind == .resourcesExhausted }

    package var description: String {
        switch kind {
        case .addressInUse: "\(reason); \(advice)"
        default: "cannot \(operation): \(reason); \(advice)"
        }
    }
}

extension TransportError {
    /// The error for `code` after `operation`; `endpoint` is the address it concerned, if it concerned one.
    init(code: Int32, operation: String, endpoint: String? = nil) {
        let text = String(cString: zmq_strerror(code))
        let address = endpoint ?? "the address"
        switch code {
        case EADDRINUSE:
            self.init(
                kind: .addressInUse, operation: operation, reason: "address \(address) is in use",
                advice: "another broker may be running, choose another with --bind", code: code)
        case EADDRNOTAVAIL, ENODEV:
            self.init(
                kind: .addressUnusable, operation: operation, reason: text,
                advice: "choose an address of this machine, such as 127.0.0.1, or * for all of them", code: code)
        case EACCES, EPERM, EROFS:
            self.init(
                kind: .addressUnusable, operation: operation, reason: text,
                advice: "choose a port above 1023, or a directory this user may write", code: code)
        case ENOENT, ENOTDIR, ENAMETOOLONG:
            self.init(
                kind: .addressUnusable, operation: operation, reason: text,
                advice: "name a file of at most 107 bytes in a directory that exists", code: code)
        case EINVAL where endpoint != nil, EPROTONOSUPPORT, ENOCOMPATPROTO:
            self.init(
                kind: .badEndpoint, operation: operation, reason: text,
                advice: "write the endpoint as tcp://host:port or ipc://path", code: code)
        case ETERM:
            self.init(
                kind: .contextTerminated, operation: operation, reason: text,
                advice: "the process is stopping, close the socket", code: code)
        case EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN:
            self.init(
                kind: .resourcesExhausted, operation: operation, reason: text,
                advice:
                    "raise the limits on open files, threads and memory (ulimit -n, -u, -v) or end other programs, then try again",
                code: code)
        default:
            self.init(
                kind: .unexpected, operation: operation, reason: text,
                advice: "this is a defect, report it with this sentence", code: code)
        }
    }
}
