import Foundation
import Testing
import Wire
import WorkerCore

/// Training gives way to interactive jobs.
@Suite struct PrecedenceTests {
    private let step = Duration.milliseconds(30)

    private func wait(_ precedence: Precedence, isStopped: Bool = false) -> Duration {
        ContinuousClock().measure { precedence.giveWay(after: step) { isStopped } }
    }

    @Test func aTrainingThatIsAloneNeverWaits() {
        let precedence = Precedence(share: 0.05)
        #expect(wait(precedence) < step)
        #expect(precedence.run(.training) { wait(precedence) } < step)
    }

    @Test func itTakesItsShareAndNoMore() {
        for (share, factor) in [(0.25, 3), (0.5, 1)] {
            let precedence = Precedence(share: share)
            #expect(precedence.run(.interactive) { wait(precedence) } >= step * factor)
        }
        let precedence = Precedence(share: 1)
        #expect(precedence.run(.interactive) { wait(precedence) } < step)
    }

    @Test func itGoesOnWhenTheInteractiveJobEndsOrItselfIsStopped() {
        let precedence = Precedence(share: 0.05)
        #expect(precedence.run(.interactive) { wait(precedence, isStopped: true) } < step)
        let isRunning = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            precedence.run(.interactive) {
                isRunning.signal()
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
        isRunning.wait()
        // Its share would have it wait for almost ten minutes.
        let long = ContinuousClock().measure { precedence.giveWay(after: .seconds(30)) { false } }
        #expect(long < .seconds(30))
    }
}
