/// Writes down, for the length of one batch, what its requests do to the hot tables, so that who keeps the heads of the
/// lanes in memory can follow.
final class QueueJournal {
    var changes = QueueChanges()

    func queued(_ lane: Int64) { changes.lanes[lane, default: 0] += 1 }
    func dequeued(_ lane: Int64) { changes.lanes[lane, default: 0] -= 1 }
}
