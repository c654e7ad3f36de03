import Foundation
import Wire
import WorkerCore

/// A folder that goes when the body ends.
func withScratchFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "grove-worker-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        try body(folder)
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
    try FileManager.default.removeItem(at: folder)
}

let jobID = "01m85ggnsz5022"

/// An attempt at a job.
func attempt(_ spec: Grove_V1_JobSpec = .init(), checkpoint: Grove_V1_FileRef? = nil) -> RunningAttempt {
    RunningAttempt(assignment(spec, checkpoint: checkpoint))
}

func assignment(
    _ spec: Grove_V1_JobSpec, number: UInt32 = 1, slot: Grove_V1_SlotKind = .training,
    checkpoint: Grove_V1_FileRef? = nil
) -> Grove_V1_Assignment {
    var assignment = Grove_V1_Assignment()
    assignment.attempt.jobID = jobID
    assignment.attempt.attempt = number
    assignment.slot = slot
    assignment.spec = spec
    if let checkpoint { assignment.checkpoint = checkpoint }
    return assignment
}

/// CRC-32 of gzip and ZIP, bit by bit: not the library's that is being tested.
func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
}

/// A gzip file with its content as it is, in stored blocks (RFC 1951, 3.2.4).
func gzip(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    let largest = 65_535
    for start in stride(from: 0, to: max(1, content.count), by: largest) {
        let block = content[start..<min(start + largest, content.count)]
        let length = UInt16(block.count)
        bytes.append(start + largest >= content.count ? 1 : 0)
        bytes += littleEndian(length) + littleEndian(~length) + block
    }
    return bytes + littleEndian(checksum(content)) + littleEndian(UInt32(content.count))
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
