import Transport
import Wire

/// A running job whose worker reports progress as fast as a thousand times a second, watchers that never read, one that
/// does, and one that reads a message a second.
package struct WatchLoad {
    package private(set) var reports = 0
    /// From a report that its worker sent to the message that its reader got.
    package private(set) var latencies: [Duration] = []
    /// The steps that the slow reader was told of.
    package private(set) var slowSteps: [UInt64] = []
    /// The broker's resident bytes, when all watchers have stalled and at the end.
    package private(set) var before = 0
    package private(set) var after = 0

    package init(_ stand: QueueStand, stalled: Int, reports count: Int) throws {
        let (worker, reader) = (try stand.worker("reporter", slots: 1), try stand.client("reader"))
        let id = try reader.call(
            Method.jobsSubmit, QueueStand.sample("watched"), returning: Grove_V1_SubmitResponse.self
        ).jobID
        var take = Grove_V1_TakeRequest()
        take.free = [.interactive]
        let taken = try worker.call(Method.workTake, take, returning: Grove_V1_TakeResponse.self)
        var watch = Grove_V1_WatchJobRequest()
        watch.jobID = id
        // Their messages stay where they are: in the credit that they never renew.
        let sleepers = try (0..<stalled).map { number in
            let peer = try stand.client("sleeper \(number)")
            try peer.begin(Method.jobsWatch, watch)
            return peer
        }
        try reader.begin(Method.jobsWatch, watch)
        let loop = PeerLoop()
        loop.add(reader)
        loop.add(worker)
        let slow = try stand.client("slow")
        try slow.begin(Method.jobsWatch, watch)
        loop.add(slow)
        var nextRead = MonotonicClock.now
        // Messages that the slow one has read and not given credit for.
        var owed: [CallID] = []
        var request = Grove_V1_HeartbeatRequest()
        var report = Grove_V1_AttemptReport()
        report.attempt = taken.assignment.attempt
        var sent: [UInt64: Duration] = [:]
        var next = MonotonicClock.now
        func tell() throws {
            let now = MonotonicClock.now
            if now >= nextRead, let call = owed.popLast() {
                nextRead = now + .seconds(1)
                try slow.send(Self.credit(call))
            }
            guard now >= next else { return }
            next += .milliseconds(1)
            reports += 1
            report.progress.step = UInt64(reports)
            request.attempts = [report]
            sent[UInt64(reports)] = MonotonicClock.now
            try worker.begin(Method.workHeartbeat, request)
            // By now every watcher has had what its first credit allows, also a thousand of them.
            if reports == count / 2 { before = try stand.broker.residentBytes() }
        }
        func read(_ message: WireMessage) throws {
            let job = try decode(Grove_V1_JobEvent.self, from: message.payload, what: "an event").job
            if let start = sent.removeValue(forKey: job.progress.step) { latencies.append(MonotonicClock.now - start) }
            try reader.send(Self.credit(message.callID))
        }
        func readSlowly(_ message: WireMessage) throws {
            let job = try decode(Grove_V1_JobEvent.self, from: message.payload, what: "an event").job
            slowSteps.append(job.progress.step)
            owed.append(message.callID)
        }
        try loop.run(
            until: { reports >= count }, every: .milliseconds(1),
            receive: { index, message in
                guard message.type == .data else { return }
                if index == 0 { try read(message) } else { try readSlowly(message) }
            }, tick: tell)
        after = try stand.broker.residentBytes()
        for peer in sleepers + [worker, reader, slow] { peer.close() }
    }

    private static func credit(_ call: CallID) -> WireMessage {
        var credit = Grove_V1_Credit()
        credit.messages = 1
        return WireMessage(.credit, callID: call, envelope: encode(credit))
    }
}
