extension BenchmarkCase {
    /// Everything that can be measured, in the order of the output. A group of cases is a file in this folder.
    static let all: [BenchmarkCase] = UNetCases.all + TreeCases.all + StepCases.all + SampleCase.all + QueueCases.all
}
