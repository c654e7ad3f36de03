#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asks the system for the address of a host. libzmq does so too where it connects, but tells nobody when there is none; and
/// where it binds it takes addresses only.
package enum HostLookup {
    /// What is wrong with the name, in a sentence. Blocks for as long as the system's resolver does.
    package static func problem(with host: String) -> String? {
        do {
            _ = try address(of: host, family: AF_UNSPEC)
            return nil
        } catch {
            return error.description
        }
    }

    /// The first address that a name has, as text. Blocks for as long as the system's resolver does.
    /// - Throws: `TransportError` of kind `.addressUnusable`.
    static func address(of host: String, family: Int32) throws(TransportError) -> String {
        var hints = addrinfo()
        hints.ai_family = family
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        var code = getaddrinfo(host, nil, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        if code == 0, let address = found?.pointee {
            code = getnameinfo(
                address.ai_addr, address.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        }
        guard code == 0 else {
            let isUnknown = code == EAI_NONAME
            throw TransportError(
                kind: .addressUnusable, operation: "find the host '\(host)'",
                reason: isUnknown ? "no such host" : String(cString: gai_strerror(code)),
                advice: isUnknown
                    ? "check its spelling, or give its address" : "check the network, or give its address",
                code: EADDRNOTAVAIL)
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
