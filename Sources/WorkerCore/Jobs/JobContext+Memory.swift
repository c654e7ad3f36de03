import Foundation
import Models
import Wire

extension JobContext {
    /// Says what a run will take, and refuses one that does not fit into the memory that is free.
    func require(_ forecast: MemoryForecast) throws {
        log(
            "Needs about \(forecast.total >> 20) MiB of memory at its peak, \(forecast.step >> 20) MiB of it for a step."
        )
        try FreeMemory.require(forecast.total, free: FreeMemory.bytes)
    }

    /// Refuses what does not fit into the memory that is free, before it is taken: files, images, or a run that takes more
    /// than that by arithmetic alone.
    func require(bytes: Int) throws { try FreeMemory.require(bytes, free: FreeMemory.bytes) }
}

/// How much memory a process may still take.
enum FreeMemory {
    /// - Parameter free: bytes; nil where nobody knows, which refuses nothing.
    static func require(_ bytes: Int, free: Int?) throws(JobError) {
        guard let free, bytes > free else { return }
        throw JobError(
            .resourceExhausted,
            "The job needs about \(bytes >> 20) MiB of memory and its worker's machine has \(free >> 20) MiB "
                + "free: lower the batch size or ask for fewer images at once, or run it on a larger machine.")
    }

    /// Bytes that the system could give without swapping; nil where it does not say.
    static var bytes: Int? {
        guard let text = FileManager.default.contents(atPath: "/proc/meminfo") else { return nil }
        return available(in: String(decoding: text, as: UTF8.self))
    }

    /// Of the text of `/proc/meminfo`.
    static func available(in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 << 10 }
        }
        return nil
    }
}
