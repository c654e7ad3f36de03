import JobStore

/// The lanes in which jobs wait, with their heads: all of the queue that is kept in memory, however long it is.
struct LaneTable: Sendable {
    struct Lane: Hashable, Sendable {
        let number: Int64
        let key: LaneKey
        var waiting: Int
        var head: LaneHead
    }

    /// By kind of slot, then by number. No lane in it is empty.
    private var slots: [Int: [Int64: Lane]] = [:]

    func lanes(slot: Int) -> some Collection<Lane> { (slots[slot] ?? [:]).values }

    func lane(_ number: Int64, slot: Int) -> Lane? { slots[slot]?[number] }

    /// - Parameter head: `nil` when nothing waits in the lane any more.
    mutating func set(_ number: Int64, _ key: LaneKey, waiting: Int, head: LaneHead?) {
        slots[key.slot, default: [:]][number] = head.map {
            Lane(number: number, key: key, waiting: max(waiting, 1), head: $0)
        }
    }

    /// The lane with this number, whatever its slot.
    subscript(number: Int64) -> Lane? {
        for lanes in slots.values {
            if let lane = lanes[number] { return lane }
        }
        return nil
    }
}
