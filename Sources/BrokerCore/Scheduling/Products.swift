import JobStore
import Wire

/// What the jobs that a job comes after have made, or will make: what its names mean.
struct Products {
    private(set) var promised: Set<Product> = []
    private(set) var made: [Product: ArtifactRecord] = [:]

    /// More jobs in front of one are not looked at; the nearest count.
    static let mostAncestors = 100

    init() {}

    /// - Parameter jobs: oldest first; of two that make something of the same name the younger counts.
    init(of jobs: [JobRecord], _ context: ServiceContext) throws {
        for job in jobs {
            switch job.state {
            case .succeeded:
                for artifact in try context.batch.artifacts(of: job.id) {
                    guard let kind = Grove_V1_ArtifactKind(rawValue: artifact.kind) else { continue }
                    let product = Product(kind: kind, name: artifact.name)
                    promised.remove(product)
                    made[product] = artifact
                }
            case .waiting, .running:
                guard let product = try QueueService(context: context).spec(of: job).product else { continue }
                made[product] = nil
                promised.insert(product)
            case .failed, .cancelled, .expired: break
            }
        }
    }
}
