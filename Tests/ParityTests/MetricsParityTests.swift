import Models
import TestSupport
import Testing

/// Counts-based metrics to 1e-9, the Fréchet distance to 1e-4, relative.
@Suite struct MetricsParityTests {
    @Test(arguments: try Fixture.all(kind: "metrics"))
    func agreesWithTheAuthors(_ fixture: Fixture) throws {
        try ParityReport.of(fixture) { report in
            let table = try ContingencyTable(leaves: fixture.integers("leaves"), labels: fixture.integers("labels"))
            for (name, value) in [
                ("accuracy", table.accuracy), ("nmi", table.normalisedMutualInformation),
                ("ari", table.adjustedRandIndex),
            ] {
                expectClose(value, try fixture.scalar(name), relative: 1e-9, name, in: report, as: "counts")
            }
            let features = try ["features.a", "features.b"].map { try fixture.floats($0) }
            let dimension = try fixture.shape("features.a")[1]
            let distance = try frechetDistance(features[0], features[1], dimension: dimension)
            expectClose(distance, try fixture.scalar("fid"), relative: 1e-4, "fid", in: report, as: "fid")
        }
    }
}
