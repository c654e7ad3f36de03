import Foundation
import QueueLoad

/// What goes wrong with a broker's disk; `FaultyDisk/` says how.
struct FaultyDisk: Sendable, CustomStringConvertible {
    enum Call: String, CaseIterable {
        case write, sync, synced, rename
    }

    private let plan: String
    private var seed: UInt64 = 1
    private var full: String?
    private var clock: String?

    /// The power goes at the nth call of a kind.
    static func powerLoss(at call: Call, _ number: Int, seed: UInt64) -> FaultyDisk {
        FaultyDisk(plan: "power:\(call.rawValue):\(number)", seed: seed)
    }

    /// Every fsync from the nth on fails.
    static func failingSync(from number: Int) -> FaultyDisk { FaultyDisk(plan: "fail-sync:\(number)") }

    /// Full for as long as a file is there.
    static func full(while file: URL) -> FaultyDisk { FaultyDisk(plan: "", full: file.path) }

    /// A sound disk, and a wall clock that is off by the seconds in a file.
    static func clock(_ file: URL) -> FaultyDisk { FaultyDisk(plan: "", clock: file.path) }

    var description: String { plan }

    func environment(folder: String) -> [String: String] {
        [
            "LD_PRELOAD": BrokerProcess.program("libFaultyDisk.so").path, "FAULTY_DISK_FOLDER": folder,
            "FAULTY_DISK_PLAN": plan, "FAULTY_DISK_SEED": "\(seed)", "FAULTY_DISK_FULL": full ?? "",
            "FAULTY_CLOCK": clock ?? "",
        ]
    }
}
