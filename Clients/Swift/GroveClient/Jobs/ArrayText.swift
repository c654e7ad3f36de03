/// Which jobs an array has, as people write it.
public enum ArrayText {
    /// `0-63%8`: the numbers 0 to 63, at most eight at a time; without `%8`, as many as there are slots.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func range(_ text: String) throws(RPCError) -> (indices: ClosedRange<UInt32>, atMostRunning: UInt32) {
        let halves = text.split(separator: "%", omittingEmptySubsequences: false)
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
        let limit = halves.count == 2 ? UInt32(halves[1]) : 0
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, halves.count <= 2,
            let limit, halves.count == 1 || limit > 0
        else {
            throw RPCError(
                .invalidArgument, "'\(text.prefix(40))' is no array; write it as 0-63, or 0-63%8 for eight at a time")
        }
        guard last - first < UInt32(Limits.arrayJobs) else {
            throw RPCError(
                .invalidArgument,
                "an array has at most \(Limits.arrayJobs) jobs, not \(UInt64(last - first) + 1); submit several")
        }
        return (first...last, limit)
    }

    /// `learning_rate=0.001,0.0003`: a setting and the values that it is to have, as pairs `key=value`.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public static func sweep(_ text: String) throws(RPCError) -> [String] {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let values = sides.count == 2 ? sides[1].split(separator: ",", omittingEmptySubsequences: false) : []
        guard !values.isEmpty, !sides[0].isEmpty, !values.contains("") else {
            throw RPCError(
                .invalidArgument, "'\(text.prefix(80))' is no sweep; write it as learning_rate=0.001,0.0003")
        }
        return values.map { "\(sides[0])=\($0)" }
    }
}

extension Grove_V1_JobArray {
    /// One job again and again: with each of the seeds, and with each combination of the settings.
    ///
    /// - Parameters:
    ///   - seeds: none leaves the seed as it is. Without settings the seeds are the indices too, otherwise the jobs are
    ///     counted from 0.
    ///   - sweeps: `key=value` pairs that are alternatives to one another, of a training.
    /// - Throws: `RPCError` INVALID_ARGUMENT.
    public init(
        of spec: JobSpec, seeds: ClosedRange<UInt32>?, sweeps: [[String]] = [], atMostRunning: UInt32 = 0
    ) throws(RPCError) {
        self.init()
        self.atMostRunning = atMostRunning
        var specs = [spec]
        for sweep in sweeps {
            var combined: [JobSpec] = []
            for spec in specs { for pair in sweep { combined.append(try spec.setting(pair)) } }
            specs = combined
            guard specs.count <= Limits.arrayJobs else { break }
        }
        let count = specs.count * (seeds?.count ?? 1)
        guard count <= Limits.arrayJobs else {
            throw RPCError(
                .invalidArgument, "an array has at most \(Limits.arrayJobs) jobs, this one would have \(count) or more")
        }
        for spec in specs {
            guard let seeds else {
                append(spec, UInt32(elements.count))
                continue
            }
            for seed in seeds { append(try spec.seeded(seed), sweeps.isEmpty ? seed : UInt32(elements.count)) }
        }
    }

    private mutating func append(_ spec: JobSpec, _ index: UInt32) {
        var element = Grove_V1_ArrayElement()
        (element.index, element.spec) = (index, spec.named(index))
        elements.append(element)
    }
}

extension JobSpec {
    /// What it makes is named after its index, so that the jobs of an array do not make versions of one model.
    fileprivate func named(_ index: UInt32) -> JobSpec {
        var spec = self
        switch spec.kind {
        case .trainTree: spec.trainTree.name += "-\(index)"
        case .trainDiffusion: spec.trainDiffusion.name += "-\(index)"
        case .trainClassifier: spec.trainClassifier.name += "-\(index)"
        default: break
        }
        return spec
    }

    fileprivate func seeded(_ seed: UInt32) throws(RPCError) -> JobSpec {
        var spec = self
        switch spec.kind {
        case .trainTree: spec.trainTree.seed = UInt64(seed)
        case .trainDiffusion: spec.trainDiffusion.seed = UInt64(seed)
        case .trainClassifier: spec.trainClassifier.seed = UInt64(seed)
        case .sample: spec.sample.seed = UInt64(seed)
        case .reconstruct: spec.reconstruct.seed = UInt64(seed)
        case .refine: spec.refine.seed = UInt64(seed)
        case .evaluate: spec.evaluate.seed = UInt64(seed)
        case .figure: spec.figure.seed = UInt64(seed)
        default:
            throw RPCError(.invalidArgument, "--array repeats a job with other seeds, and this kind of job has none")
        }
        return spec
    }

    fileprivate func setting(_ pair: String) throws(RPCError) -> JobSpec {
        var spec = self
        switch spec.kind {
        case .trainTree: spec.trainTree.settings = try SettingsText.tree([pair], into: spec.trainTree.settings)
        case .trainDiffusion:
            spec.trainDiffusion.settings = try SettingsText.diffusion([pair], into: spec.trainDiffusion.settings)
        case .trainClassifier:
            spec.trainClassifier.settings = try SettingsText.classifier([pair], into: spec.trainClassifier.settings)
        default: throw RPCError(.invalidArgument, "--sweep varies settings of a training; use it with 'grove train'")
        }
        return spec
    }
}
