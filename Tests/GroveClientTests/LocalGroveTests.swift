import Calls
import Synchronization
import Testing

@testable import GroveClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Real children, played by shell scripts")
struct LocalGroveTests {
    /// A place with two programs, and what became of running them.
    private struct Stage {
        let folder: String

        init(broker: String, worker: String) throws {
            folder =
                FileManager.default.temporaryDirectory.appending(
                    path: "grove-up-\(UInt64.random(in: .min ... .max))"
                ).path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, script) in [("grove-broker", broker), ("grove-worker", worker)] {
                try Self.writeProgram("#!/bin/sh\n\(script)\n", to: folder + "/" + name)
            }
        }

        /// Close-on-exec from the start: a child that another test starts meanwhile would keep the file open for writing,
        /// and no file that is can be run.
        private static func writeProgram(_ text: String, to path: String) throws {
            let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o755)
            try #require(file >= 0, "\(path) cannot be made")
            let bytes = Array(text.utf8)
            let written = write(file, bytes, bytes.count)
            close(file)
            try #require(written == bytes.count, "\(path) cannot be written")
        }

        func remove() throws { try FileManager.default.removeItem(atPath: folder) }

        func local(workers: Int = 1) -> LocalGrove {
            LocalGrove(.init(programs: folder, data: folder + "/data", bind: "tcp://b", workers: workers, threads: 3))
        }
    }

    private final class Heard: Sendable {
        private let lines = Mutex<[String]>([])

        func note(_ news: LocalGrove.News) {
            let line =
                switch news {
                case .line(let member, let text): "\(member): \(text)"
                case .say(let text): "say: \(text)"
                case .ready(let endpoint): "ready: \(endpoint)"
                }
            lines.withLock { $0.append(line) }
        }

        var all: [String] { lines.withLock { $0 } }
    }

    /// Says that it is ready and what it was given, then waits for SIGTERM and says goodbye.
    private static let broker = """
        trap 'echo bye; exit 0' TERM
        echo "args $*"
        echo "ready tcp://there:1"
        while :; do sleep 0.05; done
        """
    private static let worker = """
        trap 'echo saved >&2; exit 0' TERM
        echo "args $*"
        while :; do sleep 0.05; done
        """

    private func runs(
        _ stage: Stage, preparing prepare: @escaping @Sendable (Heard, String) async -> Void = { _, _ in },
        until isEnough: @escaping @Sendable ([String]) -> Bool
    ) async throws -> (status: CommandStatus, lines: [String]) {
        let heard = Heard()
        let local = stage.local()
        let stopper = Task {
            for _ in 0..<6000 where !isEnough(heard.all) { try await Task.sleep(for: .milliseconds(10)) }
            local.stop()
        }
        let status = try await local.run(preparing: { await prepare(heard, $0) }, heard.note)
        stopper.cancel()
        try stage.remove()
        return (status, heard.all)
    }

    @Test("starts both with their options, relays their lines, and stops both in order")
    func wholeLife() async throws {
        let stage = try Stage(broker: Self.broker, worker: Self.worker)
        let (status, lines) = try await runs(stage) { $0.contains { $0.hasPrefix("worker-1: args") } }
        #expect(status == .success)
        let (data, name) = (stage.folder + "/data", "worker-1")
        #expect(lines.contains("broker: args --data \(data)/broker --bind tcp://b --stop-on-eof"))
        #expect(lines.contains("ready: tcp://there:1"))
        #expect(
            lines.contains(
                "worker-1: args --broker tcp://there:1 --state \(data)/\(name) --name \(name) --threads 3 "
                    + "--interactive-slots 1 --training-slots 1 --training-share 0.2 --stop-on-eof"))
        let saved = try #require(lines.firstIndex(of: "worker-1: saved"))
        let bye = try #require(lines.firstIndex(of: "broker: bye"))
        #expect(saved < bye)
    }

    @Test("is ready when it has been prepared")
    func preparation() async throws {
        let stage = try Stage(broker: Self.broker, worker: Self.worker)
        let (status, lines) = try await runs(stage) { heard, endpoint in
            heard.note(.say("preparing \(endpoint)"))
        } until: {
            $0.contains("ready: tcp://there:1")
        }
        #expect(status == .success)
        let prepared = try #require(lines.firstIndex(of: "say: preparing tcp://there:1"))
        #expect(try prepared < #require(lines.firstIndex(of: "ready: tcp://there:1")))
    }

    @Test("stops while it is being prepared, without having been ready")
    func stopsWhilePreparing() async throws {
        let stage = try Stage(broker: Self.broker, worker: Self.worker)
        let (status, lines) = try await runs(stage) { heard, _ in
            heard.note(.say("preparing"))
            // Ends only by being cancelled.
            for await _ in AsyncStream<Void>.makeStream().stream {}
            heard.note(.say("cancelled"))
        } until: {
            $0.contains("say: preparing")
        }
        #expect(status == .success)
        #expect(!lines.contains { $0.hasPrefix("ready") })
    }

    @Test("a worker that ends is started again")
    func crash() async throws {
        let stage = try Stage(broker: Self.broker, worker: "echo here; exit 7")
        let (status, lines) = try await runs(stage) { lines in lines.count { $0 == "worker-1: here" } >= 2 }
        #expect(status == .success)
        #expect(lines.contains { $0.hasPrefix("say: worker-1 ended with exit code 7; starting it again in ") })
    }

    @Test("a broker that ends by itself ends all, with exit code 1")
    func brokerEnds() async throws {
        let stage = try Stage(broker: "echo 'the port is in use' >&2; exit 1", worker: Self.worker)
        let (status, lines) = try await runs(stage) { _ in false }
        #expect(status == .failure)
        #expect(lines.contains("broker: the port is in use"))
        #expect(lines.contains("say: the broker ended with exit code 1; stopping"))
    }

    @Test("a program that is missing is said, and ends all if it is the broker")
    func missing() async throws {
        let stage = try Stage(broker: Self.broker, worker: Self.worker)
        try FileManager.default.removeItem(atPath: stage.folder + "/grove-broker")
        let (status, lines) = try await runs(stage) { _ in false }
        #expect(status == .failure)
        #expect(lines.contains { $0.contains("grove-broker' cannot be started") })
    }

    @Test("children do not inherit ignored signals, and how they end is known")
    func ends() async throws {
        let stage = try Stage(broker: "kill -TERM $$; sleep 60", worker: "printf 'no newline'; exit 3")
        for (program, expected) in [
            ("grove-broker", ChildProcess.End.killed(signal: 15)), ("grove-worker", .exited(3)),
        ] {
            let box = LineBox()
            let (ends, post) = AsyncStream<ChildProcess.End>.makeStream()
            _ = try ChildProcess(stage.folder + "/" + program, [], lifeline: Lifeline()) { _, line in
                box.add(line)
            } onEnd: { end in
                post.yield(end)
            }
            #expect(await ends.first { _ in true } == expected)
            if program == "grove-worker" { #expect(box.all == ["no newline"]) }
        }
        try stage.remove()
    }

    private final class LineBox: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }
}

@Suite("Where things are kept")
struct PlacesTests {
    @Test("XDG_DATA_HOME, else the home")
    func data() {
        #expect(Places.data(["XDG_DATA_HOME": "/x", "HOME": "/h"]) == "/x/grove")
        #expect(Places.data(["HOME": "/h"]) == "/h/.grove")
        #expect(Places.data(["XDG_DATA_HOME": "relative", "HOME": "/h"]) == "/h/.grove")
    }
}
