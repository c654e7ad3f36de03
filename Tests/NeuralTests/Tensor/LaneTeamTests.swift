import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Neural

/// Loops on several threads: that they end is part of each test.
@Suite struct LaneTeamTests {
    /// Loops right after one another find helpers awake, those after a nap find them asleep.
    private func nap(after round: Int) {
        if round % 8 == 0 { usleep(1000) }
    }

    @Test(arguments: [2, 3, 8])
    func everyIndexRunsOnce(lanes: Int) {
        let team = LaneTeam()
        for round in 1...300 {
            var runs = [Int](repeating: 0, count: round)
            let ran = runs.withUnsafeMutableBufferPointer { runs in team.run(round, lanes: lanes) { runs[$0] += 1 } }
            #expect(ran && runs.allSatisfy { $0 == 1 })
            nap(after: round)
        }
    }

    /// Each index waits for all others to have begun, so each needs a thread of its own.
    @Test(arguments: [2, 3])
    func helpersComeWhereThereIsWork(lanes: Int) {
        let team = LaneTeam()
        for round in 1...300 {
            let begun = Atomic<Int>(0)
            let ran = team.run(lanes, lanes: lanes) { _ in
                begun.wrappingAdd(1, ordering: .relaxed)
                while begun.load(ordering: .relaxed) < lanes { sched_yield() }
            }
            #expect(ran)
            nap(after: round)
        }
    }

    @Test func theCallerWaitsForAHelperThatIsSlow() {
        let (team, caller) = (LaneTeam(), pthread_self())
        for _ in 1...50 {
            let begun = Atomic<Int>(0)
            let ended = Atomic<Int>(0)
            _ = team.run(2, lanes: 2) { _ in
                begun.wrappingAdd(1, ordering: .relaxed)
                while begun.load(ordering: .relaxed) < 2 { sched_yield() }
                if pthread_equal(pthread_self(), caller) == 0 { usleep(1000) }
                ended.wrappingAdd(1, ordering: .relaxed)
            }
            #expect(ended.load(ordering: .relaxed) == 2)
        }
    }

    /// A second caller is told so at once and not helped; what it then runs by itself is no affair of the team's.
    @Test func theTeamHelpsOneCallerAtATime() {
        let team = LaneTeam()
        let second = DispatchSemaphore(value: 0)
        let asked = Atomic<Bool>(false)
        let first = team.run(1, lanes: 2) { _ in
            DispatchQueue.global().async {
                asked.store(team.run(1, lanes: 2) { _ in }, ordering: .relaxed)
                second.signal()
            }
            second.wait()
        }
        #expect(first && !asked.load(ordering: .relaxed))
        #expect(team.run(1, lanes: 2) { _ in })
    }
}
