import Testing

@testable import GroveClient

@Suite("Tables")
struct TableTests {
    private var table: Table {
        var table = Table([.init("NAME"), .init("COUNT", isNumber: true), .init("NOTE")])
        table.add(["a", "1", "x"])
        table.add(["longer", "1000", "y z"])
        return table
    }

    @Test("are aligned for people, numbers to the right")
    func people() {
        #expect(
            table.lines(.people) == [
                "NAME    COUNT  NOTE",
                "a           1  x",
                "longer   1000  y z",
            ])
    }

    @Test("have tabs and no headings for programs")
    func programs() {
        #expect(table.lines(.programs) == ["a\t1\tx", "longer\t1000\ty z"])
    }

    @Test("say nothing when empty")
    func empty() {
        let table = Table([.init("NAME")])
        #expect(table.lines(.people).isEmpty)
        #expect(table.lines(.programs).isEmpty)
    }

    @Test("keep a cell in its place, whatever is in it")
    func hostileCells() {
        var table = Table([.init("A"), .init("B")])
        table.add(["x\ty\nz", "\u{1b}[31mred"])
        #expect(table.lines(.programs) == ["x y z\t\u{fffd}[31mred"])
    }

    @Test("of jobs, datasets, models and workers have a cell for each column")
    func kinds() {
        var job = Job()
        (job.id, job.kind, job.state) = ("01m85fcgb57p4j", "sample", .succeeded)
        job.results = [FileRef()]
        #expect(JobText.table([job]).lines(.programs)[0].hasSuffix("\t-\t-\t1 file"))

        var tree = Artifact()
        (tree.kind, tree.ref.name, tree.ref.version, tree.ref.sha256) = (.tree, "t", 2, "abc")
        tree.facts.metrics = ["nmi": 0.5, "accuracy": 0.25]
        var diffusion = Artifact()
        (diffusion.kind, diffusion.ref.name, diffusion.facts.treeSha256) = (.diffusion, "d", "abc")
        let models = ArtifactText.models([tree, diffusion]).lines(.programs)
        #expect(models[0].hasSuffix("accuracy=0.2500 nmi=0.5000"))
        #expect(models[1].contains("\tt@2\t"))

        var worker = WorkerInfo()
        worker.description_p.name = "w"
        worker.lastSeenMs = 1000
        #expect(ArtifactText.workers([worker], now: 4000).lines(.programs)[0].hasPrefix("w\tno\t3 s ago\t0+0"))
        #expect(ArtifactText.datasets([tree]).lines(.people).count == 2)
    }

    @Test("a job's page names all that is there, and no more")
    func page() {
        var job = Job()
        (job.id, job.kind, job.state) = ("01m85fcgb57p4j", "train-tree", .failed)
        (job.startedMs, job.finishedMs) = (1_000, 66_000)
        job.failure.message = "it broke"
        let page = JobText.page(job)
        #expect(page.contains("took       1:05"))
        #expect(page.contains("failure    it broke"))
        #expect(!page.contains { $0.hasPrefix("worker") || $0.hasPrefix("progress") })
        #expect(JobText.ending(job) == "job 01m85fcgb57p4j failed: it broke")
    }

    @Test("a job's page says until when its results are there, or that they were removed")
    func removal() {
        var job = Job()
        (job.id, job.state, job.resultsUntilMs) = ("01m85fcgb57p4j", .succeeded, 86_400_000)
        job.terms.keepResultsMs = 3_600_000
        let time = Format.time(milliseconds: 86_400_000)
        #expect(JobText.page(job).contains("kept until     \(time)"))
        #expect(JobText.page(job).contains("keeps results  1:00:00"))
        (job.resultsUntilMs, job.resultsRemovedMs, job.terms.keepResultsMs) = (0, 86_400_000, 0)
        #expect(JobText.page(job).contains("results        removed at \(time), when their time was over"))
        #expect(JobText.page(job).contains("keeps results  for good"))
    }
}
