import Calls
import Foundation
import QueueLoad
import Synchronization
import Wire

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A worker that speaks the whole protocol and computes nothing: what it does with a job stands in the job's seed.
final class ScriptedWorker: Sendable {
    /// What a job asks for.
    enum Script: Sendable {
        /// Takes so long, in steps of 10 ms, and leaves a result.
        case work(milliseconds: Int)
        /// Ends its worker.
        case poison(Death)
        /// Its steps stand still, while its worker goes on sending heartbeats.
        case hang
        /// Takes until the test says that it is done, and leaves a result.
        case untilTold

        init(seed: UInt64) {
            if let death = Death(rawValue: seed) {
                self = .poison(death)
            } else if seed == Self.untilToldSeed {
                self = .untilTold
            } else {
                self = seed == Self.hangSeed ? .hang : .work(milliseconds: Int(seed % 100_000))
            }
        }

        static let hangSeed: UInt64 = 1_000_000
        static let untilToldSeed: UInt64 = 1_000_010

        /// How a process ends that did not mean to; the number is the seed of such a job.
        enum Death: UInt64, CaseIterable {
            case killed = 1_000_001
            case segmentationFault
            case noMemory

            func happen() {
                switch self {
                case .killed: kill(getpid(), SIGKILL)
                case .segmentationFault: kill(getpid(), SIGSEGV)
                case .noMemory:
                    // What malloc has left it gives; then it has nothing more.
                    var none = rlimit(rlim_cur: 0, rlim_max: 0)
                    guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &none) == 0 else { return }
                    // The runtime's last words, a page of stack, are expected.
                    FileHandle.standardError.closeFile()
                    var hoard: [[UInt8]] = []
                    while true { hoard.append([UInt8](repeating: 1, count: 1 << 22)) }
                }
            }
        }
    }

    private let connection: Connection
    private let name: String
    private let note: @Sendable (Recorder.Event) -> Void
    private let running = Mutex<[String: Progress]>([:])
    private let told = Mutex<Set<String>>([])
    private let isClosed = Atomic(false)
    private let done = DispatchGroup()

    private struct Progress {
        var report: Grove_V1_AttemptReport
        var isStopped = false
    }

    init(
        _ endpoint: String, name: String, slots: Int, note: @escaping @Sendable (Recorder.Event) -> Void
    ) throws {
        connection = try Connection(
            endpoint: endpoint, hello: .worker(name, slots: slots), options: .init(patience: nil))
        (self.name, self.note) = (name, note)
        for _ in 0..<slots {
            done.enter()
            Thread.detachNewThread { [self] in
                while !isClosed.load(ordering: .acquiring) { turn() }
                done.leave()
            }
        }
        Thread.detachNewThread { [self] in
            while !isClosed.load(ordering: .acquiring) {
                beat()
                Thread.sleep(forTimeInterval: 0.3)
            }
        }
    }

    /// Takes nothing more, and waits for what is under way, and until the broker knows: it would give the next job to a call
    /// that waits still.
    func close() {
        isClosed.store(true, ordering: .releasing)
        connection.closeAndWait()
        done.wait()
    }

    private func turn() {
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        do throws(RPCError) {
            let response: Grove_V1_TakeResponse = try connection.call(Method.workTake, take, timeout: .seconds(3)).0
            if response.hasAssignment { run(response.assignment) }
        } catch {
            // No broker, or none in time: that is what these tests are about.
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    private func run(_ assignment: Grove_V1_Assignment) {
        let attempt = assignment.attempt
        note(.taken(job: attempt.jobID, attempt: Int(attempt.attempt), worker: name))
        var report = Grove_V1_AttemptReport()
        report.attempt = attempt
        report.progress.step = 0
        running.withLock { $0[attempt.key] = Progress(report: report) }
        defer { running.withLock { $0[attempt.key] = nil } }
        switch Script(seed: assignment.spec.sample.seed) {
        case .poison(let death):
            death.happen()
            // A signal to the process may reach another thread first: this one must not go on and succeed meanwhile.
            while true { Thread.sleep(forTimeInterval: 1) }
        case .hang: while !isStopped(attempt) { Thread.sleep(forTimeInterval: 0.01) }
        case .work(let milliseconds):
            for step in 0..<max(1, milliseconds / 10) where !isStopped(attempt) { work(attempt, step) }
        case .untilTold:
            var step = 0
            while !isStopped(attempt), !told.withLock({ $0.contains(attempt.jobID) }) {
                work(attempt, step)
                step += 1
            }
        }
        deliver(attempt)
    }

    private func work(_ attempt: Grove_V1_AttemptId, _ step: Int) {
        running.withLock { $0[attempt.key]?.report.progress.step = UInt64(step) }
        Thread.sleep(forTimeInterval: 0.01)
    }

    /// Lets jobs end that wait to be told.
    func finish(_ jobs: some Sequence<String>) { told.withLock { $0.formUnion(jobs) } }

    private func isStopped(_ attempt: Grove_V1_AttemptId) -> Bool {
        isClosed.load(ordering: .acquiring) || running.withLock { $0[attempt.key]?.isStopped ?? true }
    }

    /// Hands in the outcome, for as long as it takes.
    private func deliver(_ attempt: Grove_V1_AttemptId) {
        var request = Grove_V1_CompleteRequest()
        request.attempt = attempt
        let wasStopped = running.withLock { $0[attempt.key]?.isStopped ?? false }
        while true {
            do throws(RPCError) {
                if wasStopped {
                    request.failure = RPCError(.cancelled, "stopped as it was told").status
                } else {
                    request.success.results = [try result(attempt)]
                }
                _ = try connection.call(
                    Method.workComplete, request, returning: Grove_V1_CompleteResponse.self, timeout: .seconds(5))
                return note(.accepted(job: attempt.jobID, attempt: Int(attempt.attempt)))
            } catch {
                if error.code == .aborted {
                    return note(.fenced(job: attempt.jobID, attempt: Int(attempt.attempt)))
                }
                if isClosed.load(ordering: .acquiring) { return }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// The same bytes for every attempt of a job.
    private func result(_ attempt: Grove_V1_AttemptId) throws(RPCError) -> Grove_V1_FileRef {
        let bytes = Self.result(of: attempt.jobID)
        let blob = try BlobTransfer(connection).upload(bytes)
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = ("result.txt", blob.sha256, blob.size)
        return file
    }

    static func result(of job: String) -> [UInt8] { Array("the result of job \(job)".utf8) }

    private func beat() {
        var request = Grove_V1_HeartbeatRequest()
        request.attempts = running.withLock { $0.values.map(\.report) }
        guard !request.attempts.isEmpty else { return }
        do throws(RPCError) {
            let response: Grove_V1_HeartbeatResponse = try connection.call(
                Method.workHeartbeat, request, timeout: .seconds(1)
            ).0
            running.withLock { running in
                for attempt in response.stop { running[attempt.key]?.isStopped = true }
            }
        } catch {
            // The next beat tries again.
            return
        }
    }
}

extension Grove_V1_AttemptId {
    var key: String { "\(jobID)-\(attempt)" }
}
