import Synchronization
import Wire

/// One attempt at a job while this worker has it: where the compute queue reports to and the heartbeat reads from.
package final class RunningAttempt: Sendable {
    /// Why an attempt should end before it is done.
    package enum Stop: Sendable, Equatable {
        /// The job was cancelled, or a newer attempt has it.
        case dropped
        /// The worker is going down: save what can be saved and give the job back.
        case shutdown
        /// The broker wants it back, for its window has closed: save it and give it back.
        case yield

        /// Whether the work done so far is to be saved.
        package var savesWork: Bool { self != .dropped }
    }

    private struct State {
        var progress = Grove_V1_Progress()
        var stop: Stop?
        var droppedAt: ContinuousClock.Instant?
        var isComputing = true
        var unsentLines: [String] = []
    }

    package let assignment: Grove_V1_Assignment
    private let state = Mutex(State())

    package init(_ assignment: Grove_V1_Assignment) {
        self.assignment = assignment
    }

    package var id: Grove_V1_AttemptId { assignment.attempt }

    /// Set by the heartbeat or by a shutdown, looked at between two steps of the work. A drop outranks a shutdown.
    package var stop: Stop? { state.withLock { $0.stop } }

    package func requestStop(_ reason: Stop) {
        state.withLock { state in
            if state.stop != .dropped { state.stop = reason }
            if reason == .dropped, state.droppedAt == nil { state.droppedAt = .now }
        }
    }

    /// The work has come to its end; only its outcome is still to be delivered.
    package func endComputing() {
        state.withLock { $0.isComputing = false }
    }

    /// Whether it was dropped so long ago and computes on: a step that hangs, and with it its slot.
    package func isStuck(for time: Duration) -> Bool {
        state.withLock { state in
            guard state.isComputing, let droppedAt = state.droppedAt else { return false }
            return droppedAt.duration(to: .now) >= time
        }
    }

    package var report: Grove_V1_AttemptReport {
        var report = Grove_V1_AttemptReport()
        report.attempt = id
        report.progress = state.withLock { $0.progress }
        return report
    }

    package func report(_ progress: Grove_V1_Progress) {
        state.withLock { $0.progress = progress }
    }

    /// Adds a line to the job's log; the heartbeat carries it to the broker.
    package func log(_ line: String) {
        // Cut inside a character, the line ends with U+FFFD.
        let line = String(decoding: line.utf8.prefix(Self.longestLine), as: UTF8.self)
        state.withLock { $0.unsentLines.append(line) }
    }

    /// Takes at most `count` of the lines that wait to be sent.
    package func takeLines(_ count: Int) -> [String] {
        state.withLock { state in
            let lines = Array(state.unsentLines.prefix(count))
            state.unsentLines.removeFirst(lines.count)
            return lines
        }
    }

    /// Puts back lines whose sending failed.
    package func giveBack(_ lines: [String]) {
        state.withLock { $0.unsentLines.insert(contentsOf: lines, at: 0) }
    }

    /// In bytes; a line that is cut may become two bytes longer.
    private static let longestLine = 1000
}
