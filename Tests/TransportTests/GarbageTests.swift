import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Strangers on the port")
struct GarbageTests {
    /// Bytes that reach different depths of libzmq: no greeting, an old one, a true one and then nonsense.
    private static let openings: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\nHost: broker\r\n\r\n".utf8),
        [1, 0, 5, 1, 65, 5, 0, 66, 66, 66, 66],  // as ZMTP 1.0: an anonymous peer and frames
        [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0] + Array("NULL".utf8) + Array(repeating: 0, count: 48)
            + [4, 255, 255, 255, 255, 255],
        [0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0x7f],
        [],
    ]

    @Test("garbage neither stops the router nor disturbs a good peer")
    func garbage() throws {
        let pair = try Pair()
        let good = try pair.introduce()
        let port = try #require(pair.endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        var random = SystemRandomNumberGenerator()
        for round in 0..<40 {
            let count = Int.random(in: 1...4000, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            try Self.connectAndSend(Self.openings[round % Self.openings.count] + noise, to: port)
            // Whatever libzmq makes of it may arrive as a message of its own; ours must arrive as well.
            try pair.request([bytes(of: round)])
            try poll(pair.poller) {
                while let incoming = try pair.router.receive() {
                    guard incoming.peer == good else { continue }
                    #expect(incoming.frames == [bytes(of: round)])
                    return true
                }
                return false
            }
        }
        #expect(try pair.router.send([[8]], to: good) == .sent)
        #expect(try pair.nextAtDealer() == .message(frames: [[8]]))
    }

    private static func connectAndSend(_ bytes: [UInt8], to port: UInt16) throws {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        // The router may hang up in the middle; MSG_NOSIGNAL turns that into a short count.
        #if canImport(Glibc)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        #else
        _ = send(descriptor, bytes, bytes.count, 0)
        #endif
    }
}
