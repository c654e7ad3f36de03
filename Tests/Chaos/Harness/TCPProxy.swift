import Foundation
import Synchronization
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Stands between peers and a broker, and lets through what it is told to.
final class TCPProxy: Sendable {
    enum Mode: Sendable {
        case forward
        /// Nothing goes through, and nobody is told: a cable is out.
        case blackhole
        /// Each time the broker answers, the connection is cut instead with this chance in percent.
        case cutReplies(percent: Int)
        /// Each piece waits up to so many seconds; what peers sent in turn overtakes each other.
        case delay(upTo: Double)
    }

    /// What peers connect to.
    let endpoint: String
    private let listener: Int32
    private let target: UInt16
    private let mode = Mutex(Mode.forward)
    private let isClosed = Atomic(false)
    private let cuts = Atomic(0)
    private let random: Mutex<SeededRandom>

    /// - Parameter broker: `tcp://127.0.0.1:PORT`.
    init(to broker: String, seed: UInt64) throws {
        guard let port = broker.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw ChaosError("\(broker) has no port")
        }
        target = port
        random = Mutex(SeededRandom(seed: seed))
        listener = try Self.listen()
        endpoint = "tcp://127.0.0.1:\(try Self.port(of: listener))"
        Thread.detachNewThread { [self] in accept() }
    }

    func set(_ mode: Mode) { self.mode.withLock { $0 = mode } }

    /// How many connections it has cut.
    var cutCount: Int { cuts.load(ordering: .relaxed) }

    func close() {
        isClosed.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while !isClosed.load(ordering: .acquiring) {
            let peer = Self.accept(listener)
            guard peer >= 0 else { continue }
            guard let broker = Self.connect(target) else {
                Self.close(peer)
                continue
            }
            Thread.detachNewThread { [self] in
                shuttle(peer, broker)
                Self.close(peer)
                Self.close(broker)
            }
        }
        Self.close(listener)
    }

    /// Carries bytes both ways until a side closes or the connection is cut.
    private func shuttle(_ peer: Int32, _ broker: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isClosed.load(ordering: .acquiring) {
            let mode = mode.withLock { $0 }
            if case .blackhole = mode {
                Thread.sleep(forTimeInterval: 0.01)
                continue
            }
            var waits = [
                pollfd(fd: peer, events: Int16(POLLIN), revents: 0),
                pollfd(fd: broker, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waits, 2, 20) >= 0 else { return }
            if case .delay(let longest) = mode, waits.contains(where: { $0.revents != 0 }) {
                Thread.sleep(forTimeInterval: random.withLock { Double.random(in: 0...longest, using: &$0) })
            }
            if waits[0].revents != 0, !Self.carry(from: peer, to: broker, &buffer) { return }
            guard waits[1].revents != 0 else { continue }
            if case .cutReplies(let percent) = mode, random.withLock({ Int.random(in: 0..<100, using: &$0) }) < percent
            {
                cuts.wrappingAdd(1, ordering: .relaxed)
                return
            }
            if !Self.carry(from: broker, to: peer, &buffer) { return }
        }
    }
}

// MARK: System calls

extension TCPProxy {
    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withAddress<T>(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T
    ) -> T {
        var address = address(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func stream() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }

    private static func listen() throws -> Int32 {
        let listener = stream()
        guard listener >= 0, withAddress(0, { bind(listener, $0, $1) }) == 0, Glibc.listen(listener, 512) == 0 else {
            throw ChaosError("no port for a proxy: \(String(cString: strerror(errno)))")
        }
        return listener
    }

    private static func port(of listener: Int32) throws -> UInt16 {
        var address = address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
        }
        guard code == 0 else { throw ChaosError("no port for a proxy: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func accept(_ listener: Int32) -> Int32 { Glibc.accept(listener, nil, nil) }

    static func connect(_ port: UInt16) -> Int32? {
        let peer = stream()
        if withAddress(port, { Glibc.connect(peer, $0, $1) }) == 0 { return peer }
        close(peer)
        return nil
    }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// - Returns: whether both sides are still there.
    private static func carry(from source: Int32, to target: Int32, _ buffer: inout [UInt8]) -> Bool {
        let count = recv(source, &buffer, buffer.count, 0)
        return count > 0 && send(target, Array(buffer.prefix(count)))
    }

    /// Sends all bytes.
    /// - Returns: whether the other side took them.
    static func send(_ target: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    target, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
