import Foundation
import Wire

/// A checkpoint as the broker keeps it: the training's state, and beside it what lets the worker that goes on from it
/// carry on the curves as if nothing had happened.
///
/// The bytes are "GROVERUN", the length of the notes as eight little-endian bytes, the notes as JSON, the state. Whether
/// they are whole is known by their SHA-256, under which they are kept and fetched.
package struct RunCheckpoint {
    package struct Notes: Codable, Equatable, Sendable {
        package var curve = TrainingCurve()
        package var best = BestSoFar()
        /// Sheets of samples drawn so far.
        package var sheets = 0

        package init() {}

        var isWhole: Bool { curve.isWhole && best.isWhole && (0...1 << 40).contains(sheets) }
    }

    package var state: [UInt8]
    package var notes: Notes

    package init(state: [UInt8], notes: Notes) {
        self.state = state
        self.notes = notes
    }

    /// - Throws: a sentence when the bytes are not what `encoded` writes.
    package init(bytes: [UInt8]) throws {
        let header = Self.magic.count + 8
        guard bytes.count >= header, bytes.starts(with: Self.magic) else { throw Self.unreadable }
        let length = bytes[Self.magic.count..<header].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(bytes.count - header) else { throw Self.unreadable }
        let end = header + Int(length)
        do {
            notes = try JSONDecoder().decode(Notes.self, from: Data(bytes[header..<end]))
        } catch is DecodingError {
            throw Self.unreadable
        }
        guard notes.isWhole else { throw Self.unreadable }
        state = Array(bytes[end...])
    }

    package func encoded() throws -> [UInt8] {
        let notes = try JSONEncoder().encode(notes)
        var bytes = Self.magic
        bytes.reserveCapacity(Self.magic.count + 8 + notes.count + state.count)
        withUnsafeBytes(of: UInt64(notes.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: notes)
        bytes.append(contentsOf: state)
        return bytes
    }

    private static let magic = Array("GROVERUN".utf8)
    private static let unreadable = JobError(
        .dataLoss, "The checkpoint is not one that a training job has written: go on from another one.")
}
