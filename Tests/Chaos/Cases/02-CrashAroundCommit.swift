import Foundation
import JobStore
import QueueLoad
import Transport
import Wire

extension ChaosCase {
    /// The power goes at every kind of moment of a commit.
    static let crashAroundCommit = ChaosCase(
        2, "power loss around a commit",
        "The broker runs on a disk that forgets what was not fsynced, and loses power before a write, before and after an "
            + "fsync, at a rename: in its migrations, in commits, in checkpoints, while blobs arrive. After each loss every job and "
            + "blob that was acknowledged is there, the same key gives the same job, and the database is whole."
    ) { run in
        let stand = try QueueStand()
        var crashes = 0
        var slowest = Duration.zero
        for round in 0..<run.size(28, full: 200) {
            let call = FaultyDisk.Call.allCases[round % FaultyDisk.Call.allCases.count]
            let number = run.random(in: 1...Self.calls(of: call, isFirstStart: round < 8))
            let plan = FaultyDisk.powerLoss(at: call, number, seed: run.seed &+ UInt64(round))
            stand.broker.end(SIGKILL)
            // The first rounds begin with no database, so that the loss falls into the migrations.
            if round < 8 {
                try stand.removeData()
                run.record.forget()
            }
            do {
                try stand.startWithFaultyDisk(plan)
                let load = CrashLoad(stand, run, round: round)
                try load.run()
            } catch is BrokerProcess.Failure {
                // It lost power before it served.
            } catch let error as RPCError where error.code == .unavailable {
                // Before it said a word.
            }
            // One that has not lost it yet may do so while it folds its log in and closes.
            if stand.broker.end(SIGTERM) != 0 { crashes += 1 }
            try stand.restart()
            slowest = max(slowest, stand.broker.timeToServe)
            try CrashLoad.check(stand, run)
        }
        run.figure("losses of power", crashes)
        run.figure("longest start after one", ms: slowest / .milliseconds(1), atMost: 20_000)
        stand.broker.end(SIGTERM)
        let store = try JobStore(directory: stand.folder.appending(path: "broker").path)
        let verdict = try store.pragma("integrity_check") ?? "nothing"
        run.expect(verdict == "ok", "integrity_check says \(verdict)")
        try store.close()
    }

    /// About as many calls as a broker makes of a kind, in its first start and in a whole load.
    private static func calls(of call: FaultyDisk.Call, isFirstStart: Bool) -> Int {
        switch call {
        case .write: isFirstStart ? 60 : 800
        case .sync, .synced: isFirstStart ? 12 : 200
        case .rename: 60
        }
    }
}

/// Uploads inputs and submits jobs for them, four at a time, until the broker is gone.
private struct CrashLoad {
    private let stand: QueueStand
    private let chaos: ChaosRun
    private let round: Int

    init(_ stand: QueueStand, _ chaos: ChaosRun, round: Int) {
        (self.stand, self.chaos, self.round) = (stand, chaos, round)
    }

    func run() throws {
        let peer = try stand.client()
        defer { peer.close() }
        for group in 0..<15 {
            let requests = try (0..<4).map { try request("\(round)-\(group)-\($0)") }
            let puts = try requests.map { request in
                try peer.begin(Method.blobsPut, put(request), bulk: content(request))
            }
            for id in puts { guard try answer(peer, id) != nil else { return } }
            let submits = try requests.map { try peer.begin(Method.jobsSubmit, $0) }
            for (id, request) in zip(submits, requests) {
                guard let message = try answer(peer, id) else { return }
                let response = try WirePeer.response(message, as: Grove_V1_SubmitResponse.self)
                chaos.record.note(.acknowledged(key: request.idempotencyKey, job: response.jobID))
            }
        }
    }

    /// What was acknowledged is there; what was not can be sent again, and then is there once.
    static func check(_ stand: QueueStand, _ chaos: ChaosRun) throws {
        let peer = try stand.client()
        defer { peer.close() }
        let load = CrashLoad(stand, chaos, round: -1)
        for (key, job) in chaos.record.acknowledged {
            var get = Grove_V1_GetJobRequest()
            get.jobID = job
            do {
                _ = try peer.call(Method.jobsGet, get, returning: Grove_V1_Job.self)
            } catch let error as RPCError {
                chaos.expect(false, "job \(job) was acknowledged and is lost: \(error)")
            }
            let request = try load.request(key)
            let again = try peer.call(Method.jobsSubmit, request, returning: Grove_V1_SubmitResponse.self)
            chaos.expect(again.jobID == job, "key \(key) means job \(again.jobID) after a loss of power, not \(job)")
            var read = Grove_V1_ReadBlobRequest()
            read.sha256 = load.put(request).sha256
            let blob = try peer.answer(to: peer.begin(Method.blobsRead, read))
            chaos.expect(blob?.bulk == load.content(request), "the input of job \(job) is not what was uploaded")
        }
    }

    private func answer(_ peer: WirePeer, _ id: CallID) throws -> WireMessage? {
        try peer.answer(to: id) { stand.broker.isRunning }
    }

    private func content(_ request: Grove_V1_SubmitRequest) -> [UInt8] { Array("input \(request.idempotencyKey)".utf8) }

    private func put(_ request: Grove_V1_SubmitRequest) -> Grove_V1_PutBlobRequest {
        var put = Grove_V1_PutBlobRequest()
        let content = content(request)
        (put.sha256, put.size) = (SHA256.hexDigest(of: content), UInt64(content.count))
        return put
    }

    private func request(_ key: String) throws -> Grove_V1_SubmitRequest {
        var request = Grove_V1_SubmitRequest()
        request.idempotencyKey = key
        request.spec.importDataset.name = "digits"
        let put = put(request)
        var file = Grove_V1_FileRef()
        (file.name, file.sha256, file.size) = ("raw", put.sha256, put.size)
        request.spec.importDataset.files = [file]
        return request
    }
}
