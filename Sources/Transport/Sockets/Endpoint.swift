#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An endpoint taken apart as far as libzmq leaves something to decide: it wraps a port over 65535 around to another
/// one, and looks names up in one family only.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// For TCP what stands before the port, without brackets; `nil` for the others.
    private let host: String?
    /// For TCP what stands behind the host.
    private let port: Substring

    /// - Throws: `TransportError` of kind `.badEndpoint` when `text` is TCP without a host and a port of 0 to 65535 or
    ///   `*`; whatever else is wrong libzmq says when the endpoint is used.
    package init(_ text: String) throws {
        description = text
        let scheme = "tcp://"
        guard text.hasPrefix(scheme) else {
            host = nil
            port = ""
            return
        }
        let address = text.dropFirst(scheme.count)
        guard let colon = address.lastIndex(of: ":"), colon > address.startIndex,
            Self.isPort(address[address.index(after: colon)...])
        else {
            throw TransportError(
                kind: .badEndpoint, operation: "use \(text)", reason: "host or port is missing or wrong",
                advice: "write the endpoint as tcp://host:port with a port up to 65535, or * for any", code: EINVAL)
        }
        let name = address[..<colon]
        port = address[address.index(after: colon)...]
        host = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
    }

    private static func isPort(_ text: Substring) -> Bool {
        if text == "*" { return true }
        return text.utf8.allSatisfy { (48...57).contains($0) } && UInt16(text) != nil
    }

    /// Whether only this machine can reach it; a host name is not looked up and counts as reachable from outside,
    /// except `localhost`.
    package var isLoopback: Bool {
        guard let host else { return description.hasPrefix("ipc://") || description.hasPrefix("inproc://") }
        var address = in_addr()
        if inet_pton(AF_INET, host, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
        return host == "localhost" || host == "::1"
    }

    /// Whether another process can connect to it.
    package var isReachable: Bool { host != nil || description.hasPrefix("ipc://") }

    /// The endpoint to listen on: libzmq takes addresses and interfaces there, and no names.
    /// - Throws: `TransportError` of kind `.addressUnusable` for a name that means nothing.
    func listening() throws -> String {
        guard let host, host != "*", !Self.isAddress(host), if_nametoindex(host) == 0 else { return description }
        return "tcp://\(try HostLookup.address(of: host, family: AF_INET)):\(port)"
    }

    private static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1
            || inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &address) == 1
    }

    /// The host where it is a name, which somebody must look up; `nil` for addresses.
    package var hostName: String? {
        guard let host, host != "*", !Self.isAddress(host) else { return nil }
        return host
    }

    /// Whether libzmq shall use IPv6, with IPv4 mapped into it. Not for IPv4 addresses, which would be reported back as
    /// `[::ffff:127.0.0.1]`; and not for `localhost`, which would mean `::1` alone while brokers listen on 127.0.0.1.
    var usesIPv6: Bool {
        guard let host else { return false }
        var address = in_addr()
        return host != "localhost" && inet_pton(AF_INET, host, &address) != 1
    }
}
