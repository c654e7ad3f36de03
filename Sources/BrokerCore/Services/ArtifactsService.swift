import JobStore
import Wire

/// Datasets and models by name and version.
struct ArtifactsService {
    let context: ServiceContext

    func list(_ request: Grove_V1_ListArtifactsRequest) throws -> Grove_V1_ListArtifactsResponse {
        let kind = request.kind == .unspecified ? nil : try checked(request.kind).rawValue
        var response = Grove_V1_ListArtifactsResponse()
        var bytes = 0
        // The newest first where not all fit: an answer is one frame.
        for record in try context.batch.artifacts(kind: kind).sorted(by: { $0.createdMS > $1.createdMS }) {
            let message = try record.message()
            bytes += encode(message).count + 8
            if bytes > Limits.frameBytes { break }
            response.artifacts.append(message)
        }
        response.artifacts.sort {
            ($0.kind.rawValue, $0.ref.name, $0.ref.version) < ($1.kind.rawValue, $1.ref.name, $1.ref.version)
        }
        return response
    }

    func get(_ request: Grove_V1_GetArtifactRequest) throws -> Grove_V1_Artifact {
        if request.kind != .unspecified { return try find(request.ref, checked(request.kind)).message() }
        let kinds: [Grove_V1_ArtifactKind] = [.dataset, .tree, .diffusion, .classifier]
        let found = try kinds.filter { try newest(request.ref.name, $0) != nil }
        switch found.count {
        case 0:
            let known = try kinds.flatMap { try names($0) }
            throw RPCError(
                .notFound, "there is no artifact '\(request.ref.name.excerpt)'\(Self.hint(request.ref.name, known))")
        case 1: return try find(request.ref, found[0]).message()
        default:
            throw RPCError(
                .invalidArgument,
                "'\(request.ref.name.excerpt)' is the name of a \(found.map(\.noun).joined(separator: " and of a ")); "
                    + "say which kind is meant")
        }
    }

    /// The artifact that a reference means: one version, or the newest.
    /// - Throws: `RPCError` NOT_FOUND with what there is.
    func find(_ reference: Grove_V1_ArtifactRef, _ kind: Grove_V1_ArtifactKind) throws -> ArtifactRecord {
        guard let newest = try newest(reference.name, kind) else {
            let known = try names(kind)
            throw RPCError(
                .notFound, "there is no \(kind.noun) '\(reference.name.excerpt)'\(Self.hint(reference.name, known))")
        }
        guard reference.version != 0 else { return newest }
        guard
            let record = try context.batch.artifact(
                kind: kind.rawValue, name: reference.name, version: Int(reference.version))
        else {
            throw RPCError(
                .notFound,
                "the \(kind.noun) \(reference.name) has no version \(reference.version); its newest is \(newest.version)"
            )
        }
        return record
    }

    private func newest(_ name: String, _ kind: Grove_V1_ArtifactKind) throws -> ArtifactRecord? {
        try context.batch.artifact(kind: kind.rawValue, name: name)
    }

    private func names(_ kind: Grove_V1_ArtifactKind) throws -> [String] {
        try context.batch.artifactNames(kind: kind.rawValue, limit: 1000).map(\.name)
    }

    /// What there is, to end a sentence about what there is not.
    private static func hint(_ name: String, _ known: [String]) -> String {
        guard let nearest = EditDistance.nearest(to: name, among: known) else {
            return " and no other either; import one or train one first"
        }
        let shown = known.prefix(20).joined(separator: ", ")
        let rest = known.count > 20 ? " and \(known.count - 20) more" : ""
        let close = EditDistance.between(name.cut(toBytes: 64), nearest) <= 2 ? "did you mean '\(nearest)'? " : ""
        return "; \(close)there is \(shown)\(rest)"
    }

    private func checked(_ kind: Grove_V1_ArtifactKind) throws(RPCError) -> Grove_V1_ArtifactKind {
        if case .UNRECOGNIZED(let value) = kind {
            throw RPCError(.invalidArgument, "\(value) is a kind of artifact that this broker does not know")
        }
        return kind
    }
}
