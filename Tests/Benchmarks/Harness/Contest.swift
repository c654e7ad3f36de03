import Foundation

/// One case against the same work in other runtimes: all take turns, so that what the machine does meanwhile meets all.
struct Contest {
    /// The interpreter of a virtual environment that has the peers, and their script.
    struct Peers {
        let python: URL
        let script: URL
        let rounds: Int

        func process(_ peer: String, _ item: BenchmarkCase) -> OwnProcess {
            OwnProcess(
                executable: python, arguments: [script.path, peer, item.name, item.mode.rawValue, String(item.batch)])
        }
    }

    let item: BenchmarkCase
    let peers: Peers

    private static let torch = ["torch-eager", "torch-channels-last"]

    /// Who does the same work.
    static func names(for item: BenchmarkCase) -> [String] {
        switch (item.name.prefix(while: { $0 != "." }), item.mode) {
        case ("unet", .forward): torch + ["onnxruntime", "openvino"]
        case ("unet", .train), ("tree", .train): torch
        default: []
        }
    }

    /// Of each contestant the line of its median round, and then a line with each peer's ratio.
    func run() throws -> [BenchmarkLine] {
        let names = Self.names(for: item)
        var own: [BenchmarkLine] = []
        var others: [String: [BenchmarkLine]] = [:]
        for _ in 0..<peers.rounds {
            own += try OwnProcess.own(item).lines()
            for name in names { others[name, default: []] += try peers.process(name, item).lines() }
        }
        guard let ours = Self.median(own) else { return [] }
        var lines = [ours]
        for name in names {
            guard let theirs = others[name].flatMap(Self.median) else { continue }
            lines += [theirs, ratio(ours, to: theirs, named: name)]
        }
        return lines
    }

    private func ratio(_ ours: BenchmarkLine, to theirs: BenchmarkLine, named name: String) -> BenchmarkLine {
        func quotient(_ field: String) -> BenchmarkLine.Value {
            .number((ours.number(field) ?? .nan) / (theirs.number(field) ?? .nan))
        }
        return item.line([
            ("against", .text(name)), ("speed_ratio", quotient("images_per_second")),
            ("memory_ratio", quotient("peak_rss_mib")),
        ])
    }

    private static func median(_ lines: [BenchmarkLine]) -> BenchmarkLine? {
        let sorted = lines.sorted { ($0.number("images_per_second") ?? 0) < ($1.number("images_per_second") ?? 0) }
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}
