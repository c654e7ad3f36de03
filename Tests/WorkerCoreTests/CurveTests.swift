import Foundation
import Models
import Testing
import Wire
import WorkerCore

/// What a training measured, in memory and as files.
@Suite struct CurveTests {
    private func step(_ number: Int, stage: String = "final", loss: Double = 0.5) -> TrainingProgress {
        TrainingProgress(
            stage: stage, epoch: 0, epochs: 1, step: number, totalSteps: 0, loss: loss,
            parts: [.init(name: "kl_root", value: 2)], learningRate: 0.001)
    }

    private func curve(_ losses: [Double]) -> TrainingCurve {
        var curve = TrainingCurve()
        for (index, loss) in losses.enumerated() {
            curve.add(step(index + 1, loss: loss), time: Date(timeIntervalSince1970: 1000 + Double(index)))
        }
        return curve
    }

    private func text(_ file: ResultFile) -> String { String(decoding: file.bytes, as: UTF8.self) }

    @Test func staysInBoundsAndKeepsItsShape() throws {
        var curve = TrainingCurve()
        for number in 1...(5 * TrainingCurve.mostPoints) { curve.add(step(number)) }
        #expect((TrainingCurve.mostPoints / 2...TrainingCurve.mostPoints).contains(curve.points.count))
        #expect(curve.points.last?.step == 20_000)
        // Whether it was interrupted does not show.
        var first = TrainingCurve()
        for number in 1...7001 { first.add(step(number), time: .distantPast) }
        var second = try JSONDecoder().decode(TrainingCurve.self, from: JSONEncoder().encode(first))
        var whole = first
        for number in 7002...9000 {
            second.add(step(number), time: .distantPast)
            whole.add(step(number), time: .distantPast)
        }
        #expect(second == whole)
    }

    @Test func aLineAndARowAStep() {
        let files = CurveFiles(curve([0.5, .nan]))
        #expect(
            text(files.jsonLines) == """
                {"step":1,"stage":"final","epoch":1,"time":1000.000,"loss":0.5,"learning_rate":0.001,"kl_root":2.0}
                {"step":2,"stage":"final","epoch":1,"time":1001.000,"learning_rate":0.001,"kl_root":2.0}

                """)
        #expect(
            text(files.table) == "step,stage,epoch,time,loss,learning_rate,kl_root\r\n"
                + "1,final,1,1000.000,0.5,0.001,2.0\r\n2,final,1,1001.000,,0.001,2.0\r\n")
    }

    /// RFC 3720, B.4, and the checksum that every implementation is tried with.
    @Test func checksumsAreTheStandards() {
        #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(UInt8(0)..<32) == 0x46DD_794E)
    }

    /// The first record as TensorFlow's own writer makes it for the same event, but for the time.
    @Test func eventsAreFramed() throws {
        let bytes = EventFile(startingAt: 0).bytes
        let event: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 0, 0, 0x1A, 13] + Array("brain.Event:2".utf8)
        #expect(bytes.count == 8 + 4 + event.count + 4)
        #expect(Array(bytes.prefix(8)) == [UInt8(event.count), 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[12..<(12 + event.count)]) == event)
        // 0xA282EAD8 is added to the checksum turned right by 15.
        let crc = CRC32C.checksum(event)
        #expect(Array(bytes.suffix(4)) == littleEndian((crc >> 15 | crc << 17) &+ 0xA282_EAD8))
    }

    @Test func theBestHasTheLowestMeanOfItsStage() {
        var best = BestSoFar()
        func closes(_ stage: String, _ scores: [Double]) -> Bool {
            for score in scores { best.add(step(1, stage: stage, loss: score)) }
            return best.close()
        }
        #expect(closes("initial", [5, 7]))
        #expect(!closes("initial", [6, 6]))
        #expect(closes("initial", [9, 1]))
        #expect(!closes("initial", []))
        #expect(closes("split 1", [100]))
    }

    @Test func aCheckpointComesBackWhole() throws {
        var notes = RunCheckpoint.Notes()
        notes.curve = curve([3, 2, 1])
        notes.best.add(step(1))
        let bytes = try RunCheckpoint(state: [1, 2, 3], notes: notes).encoded()
        let read = try RunCheckpoint(bytes: bytes)
        #expect(read.state == [1, 2, 3] && read.notes == notes)
        for damaged in [[], Array(bytes.prefix(20)), Array("GROVERUM".utf8) + bytes.dropFirst(8)] {
            #expect(throws: JobError.self) { try RunCheckpoint(bytes: damaged) }
        }
    }

    /// Numbers that the worker would go on computing with.
    @Test(arguments: [
        ("\"stride\":1", "\"stride\":0"), ("\"stride\":1", "\"stride\":9223372036854775807"),
        ("\"time\":1000", "\"time\":1e300"), ("\"step\":1", "\"step\":-9223372036854775808"),
        ("\"epoch\":1", "\"epoch\":9223372036854775807"), ("\"sheets\":0", "\"sheets\":9223372036854775807"),
        ("\"count\":1", "\"count\":9223372036854775807"), ("\"values\":[", "\"values\":[0,1,2,3,4,5,6,7,8,9,"),
    ])
    func aCheckpointWithNumbersThatNoRunHasIsRefused(change: (String, String)) throws {
        var notes = RunCheckpoint.Notes()
        notes.curve = curve([3])
        notes.best.add(step(1))
        let json = String(decoding: try JSONEncoder().encode(notes), as: UTF8.self)
        let changed = json.replacing(change.0, with: change.1)
        #expect(changed != json)
        let length = withUnsafeBytes(of: UInt64(changed.utf8.count).littleEndian) { Array($0) }
        #expect(throws: JobError.self) {
            try RunCheckpoint(bytes: Array("GROVERUN".utf8) + length + Array(changed.utf8))
        }
    }
}
