import JobStore
import Wire

/// What decides a job's lane besides what it is to do.
protocol LaneMember {
    var slot: Int { get }
    var kind: String { get }
    var priority: Int { get }
    var user: String { get }
    var arrayPlace: ArrayPlace? { get }
    var arrayLimit: Int { get }
}

extension NewJob: LaneMember {}
extension JobRecord: LaneMember {}

extension LaneKey {
    /// The lane of a job that is to do `spec`, whose names are resolved.
    init(_ job: some LaneMember, _ spec: Grove_V1_JobSpec) {
        self.init(
            slot: job.slot, priority: job.priority, user: job.user, kind: job.kind, model: spec.model?.sha256 ?? "",
            modelName: spec.model?.name ?? "", array: job.arrayLimit > 0 ? job.arrayPlace?.array ?? 0 : 0,
            arrayLimit: job.arrayLimit)
    }
}
