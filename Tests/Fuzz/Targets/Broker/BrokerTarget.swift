import BrokerCore
import Foundation
import JobStore
import Transport
import Wire

/// The broker's turn: clients and workers that say anything, at any time, over restarts.
struct BrokerTarget: FuzzTarget {
    static let name = "broker"
    static let memory = 512 << 20

    private let scratch: String
    /// A store with a data set and models, to begin with.
    private let template: String

    init(scratch: String) throws {
        self.scratch = scratch
        template = scratch + "/template"
        try BrokerTemplate(folder: template).make()
    }

    func seeds() throws -> [[UInt8]] { BrokerSeeds.all.map(\.bytes) }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        guard !random.oneIn(40) else { return ByteMutator.mutate(input, &random) }
        var script = BrokerScript(input: input)
        script.mutate(&random)
        return script.bytes
    }

    func run(_ input: [UInt8]) throws -> Int {
        let folder = scratch + "/run"
        if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: template, toPath: folder)
        let stage = try BrokerStage(folder: folder)
        let script = BrokerScript(input: input)
        var pending: [BrokerEvent] = []
        for step in script.steps {
            if case .message(let peer, let frames, let joins) = step {
                pending.append(.message(peer: BrokerStage.peer(peer), frames: named(frames, stage.jobs)))
                if joins && pending.count < 256 { continue }
            }
            if !pending.isEmpty { try stage.turn(pending) }
            pending = []
            try take(step, stage)
        }
        if !pending.isEmpty { try stage.turn(pending) }
        try stage.settle()
        try BrokerVisit(stage).make()
        return script.steps.count
    }

    private func take(_ step: BrokerScript.Step, _ stage: BrokerStage) throws {
        switch step {
        case .message: break
        case .oversized(let peer): try stage.turn([.oversized(peer: BrokerStage.peer(peer))])
        case .gone(let peer): try stage.turn([.gone(peer: BrokerStage.peer(peer))])
        case .undelivered: try stage.undelivered()
        case .heldUp(let milliseconds): try stage.turn([.heldUp(.milliseconds(Int64(milliseconds)))])
        case .time(let milliseconds, let wall): try stage.pass(milliseconds, wall: wall)
        case .restart: try stage.restart()
        }
    }

    /// The frames with the ids of real jobs.
    private func named(_ frames: [[UInt8]], _ jobs: [String]) -> [[UInt8]] {
        let mark = Array("@job".utf8)
        return frames.map { frame in
            var frame = frame
            var start = 0
            while let place = frame[start...].firstRange(of: mark)?.lowerBound {
                start = place + 1
                guard place + 14 <= frame.count else { break }
                let number = Int(String(decoding: frame[place + 4..<place + 14], as: UTF8.self)) ?? 0
                guard jobs.indices.contains(number) else { continue }
                frame.replaceSubrange(place..<place + 14, with: Array(jobs[number].utf8))
            }
            return frame
        }
    }
}
