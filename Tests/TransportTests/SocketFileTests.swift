import CZeroMQ
import Foundation
import Testing

@testable import Transport

/// Endpoints that are files.
@Suite struct SocketFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "g\(UInt32.random(in: .min ... .max))")
    private var path: String { folder.appending(path: "socket").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func remove() throws { try FileManager.default.removeItem(at: folder) }

    @Test("a file of another kind stays")
    func otherFiles() throws {
        try Data("precious".utf8).write(to: URL(filePath: path))
        let link = folder.appending(path: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        for place in [path, link, folder.path] {
            let error = #expect(throws: TransportError.self) {
                try Router(try ZeroMQContext()).bind("ipc://\(place)")
            }
            #expect(error?.kind == .addressUnusable)
        }
        #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
        try remove()
    }

    @Test("a living listener keeps its address, and takes its file away at its end")
    func livingListener() throws {
        do {
            let first = try Router(try ZeroMQContext())
            _ = try first.bind("ipc://\(path)")
            let error = #expect(throws: TransportError.self) { try Router(try ZeroMQContext()).bind("ipc://\(path)") }
            #expect(error?.kind == .addressInUse)
            #expect(FileManager.default.fileExists(atPath: path))
            first.close()
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        try remove()
    }

    @Test("what a listener that was killed left behind is taken over")
    func staleFile() throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 1) == 0)
        close(listener)
        let router = try Router(try ZeroMQContext())
        #expect(try router.bind("ipc://\(path)") == "ipc://\(path)")
        // Another program has put its own there meanwhile: that one stays.
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        router.close()
        #expect(FileManager.default.fileExists(atPath: path))
        try remove()
    }

    @Test("localhost can be listened on, and a name that means nothing is no such host")
    func names() throws {
        let router = try Router(try ZeroMQContext())
        #expect(try router.bind("tcp://localhost:*").hasPrefix("tcp://127.0.0.1:"))
        let error = #expect(throws: TransportError.self) { try router.bind("tcp://no such host:7741") }
        #expect(error?.kind == .addressUnusable)
        #expect(HostLookup.problem(with: "no such host") == error?.description)
        #expect(HostLookup.problem(with: "localhost") == nil)
        for known in ["tcp://127.0.0.1:7741", "tcp://[::1]:7741", "ipc://\(path)", "tcp://*:7741"] {
            #expect(try Endpoint(known).hostName == nil)
        }
        try remove()
    }
}
