import Testing

@testable import GroveClient

@Suite("The line about a job that is followed")
struct ProgressTests {
    static func job(_ state: JobState = .running, step: UInt64 = 50, stage: String = "split 3") -> Job {
        var job = Job()
        job.id = "01m85fcgb57p4j"
        job.state = state
        guard state == .running else { return job }
        job.progress.stage = stage
        (job.progress.step, job.progress.totalSteps) = (step, 200)
        (job.progress.epoch, job.progress.epochs) = (2, 10)
        job.progress.metrics = ["loss": 241.61]
        job.progress.imagesPerSecond = 1389.2
        job.progress.secondsLeft = 75
        return job
    }

    @Test("says stage, bar, step, loss, speed and time left")
    func full() {
        #expect(
            ProgressLine.text(Self.job(), width: 200, bar: 8)
                == "split 3  [##......]  50/200  25 %  epoch 2/10  loss 241.6  1389 images/s  1:15 left")
    }

    @Test("loses what matters least first when there is no room, and is never too long", arguments: 1..<100)
    func narrow(_ width: Int) {
        let text = ProgressLine.text(Self.job(), width: width, bar: 8)
        #expect(text.count <= width)
        if width >= 60 { #expect(text.contains("1:15 left") && text.contains("loss")) }
        if width >= 26 { #expect(text.contains("50/200") && text.contains("1:15 left")) }
    }

    @Test("knows nothing of a total, or of the time, without making it up")
    func unknown() {
        var job = Self.job()
        (job.progress.totalSteps, job.progress.secondsLeft) = (0, -1)
        #expect(ProgressLine.text(job, width: 200).hasPrefix("split 3  step 50  epoch"))
        job.progress.totalSteps = 10
        #expect(ProgressLine.text(job, width: 200).contains("50/10  100 %"))
        #expect(!ProgressLine.text(job, width: 200).contains("left"))
    }

    @Test("says why a job waits")
    func waiting() {
        var job = Self.job(.waiting)
        (job.position, job.waitingReason) = (3, "no worker is connected")
        #expect(ProgressLine.text(job, width: 200) == "waiting  3 before it  no worker is connected")
    }

    @Test("a bar is full at the end and not before")
    func bars() {
        #expect(ProgressLine.bar(0, 4) == "[....]")
        #expect(ProgressLine.bar(0.999, 4) == "[###.]")
        #expect(ProgressLine.bar(1, 4) == "[####]")
        #expect(ProgressLine.bar(7, 4) == "[####]")
        #expect(
            ProgressLine.transfer("uploading", done: 5_000_000, total: 10_000_000, name: "a", width: 80, bar: 4)
                == "uploading  [##..]  5.00 MB of 10.0 MB  a")
    }

    @Test("on a terminal it is drawn at each update")
    func terminal() {
        var follower = Follower(isTerminal: true)
        for step in 1...3 {
            guard case .redraw(let lines) = follower.show(Self.job(step: UInt64(step)), width: 80, now: .zero) else {
                Issue.record("not drawn")
                return
            }
            #expect(lines.count == 1 && lines[0].count < 80)
        }
        #expect(follower.show(Self.job(.succeeded), width: 80, now: .zero) == nil)
    }

    @Test("a training's curve is drawn where there is room")
    func curve() {
        var job = Self.job()
        job.progress.lossCurve.values = (0..<120).map { 500 - 4 * Float($0) }
        (job.progress.lossCurve.firstStep, job.progress.lossCurve.lastStep) = (1, 2400)
        var follower = Follower(isTerminal: true)
        guard case .redraw(let lines) = follower.show(job, width: 80, now: .zero) else {
            Issue.record("not drawn")
            return
        }
        #expect(lines.count == CurveText.height + 2 && lines.allSatisfy { $0.count < 80 })
        #expect(lines[0].hasPrefix("    500.0 ⠉") && lines[7].hasPrefix("    24.00 ⠀"))
        #expect(lines[7].hasSuffix("⣀"), "\(lines[7])")
        #expect(lines[8].hasPrefix("     loss step 1 ") && lines[8].hasSuffix(" 2400"))
        #expect(follower.show(job, width: 80, height: 10, now: .zero) == .redraw([lines[9]]))
        #expect(follower.show(job, width: 30, now: .zero).map { "\($0)".contains("⠀") } == false)
        job.progress.lossCurve.values = [.nan, 1]
        #expect(CurveText.lines(job.progress.lossCurve, width: 80).isEmpty)
        job.progress.lossCurve.values = [1, 1]
        #expect(CurveText.lines(job.progress.lossCurve, width: 80).count == CurveText.height + 1)
    }

    @Test("on a pipe there is a line for each state and stage, and one now and then")
    func pipe() {
        var follower = Follower(isTerminal: false, pause: .seconds(30))
        func shown(_ job: Job, at seconds: Int) -> Bool {
            follower.show(job, width: 80, now: .seconds(seconds)) != nil
        }
        #expect(shown(Self.job(.waiting), at: 0))
        #expect(!shown(Self.job(.waiting), at: 1))
        #expect(shown(Self.job(step: 1), at: 2))
        #expect(!shown(Self.job(step: 2), at: 3))
        #expect(!shown(Self.job(step: 20), at: 31))
        #expect(shown(Self.job(step: 21), at: 32))
        #expect(shown(Self.job(step: 22, stage: "final"), at: 33))
        #expect(!shown(Self.job(.failed), at: 100))
    }
}
