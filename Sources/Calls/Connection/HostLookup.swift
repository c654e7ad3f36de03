#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asks the system for the address of a host. libzmq does so too, but tells nobody when there is none.
enum HostLookup {
    /// What is wrong with the name, in a sentence. Blocks for as long as the system's resolver does.
    static func problem(with host: String) -> String? {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &found)
        if let found { freeaddrinfo(found) }
        switch code {
        case 0: return nil
        case EAI_NONAME: return "there is no host '\(host)'; check the name of the broker's machine"
        default:
            return "the host '\(host)' cannot be looked up: \(String(cString: gai_strerror(code))); "
                + "check the name and the network"
        }
    }
}
