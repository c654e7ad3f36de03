import Foundation
import Models

/// What a training run measured, step by step: every step at first, then every second, every fourth and so on, so that a
/// month's run stays readable and in bounds.
///
/// Which steps are kept depends on their numbers alone: a run that goes on from a checkpoint has the curve of one that
/// was never interrupted.
package struct TrainingCurve: Codable, Equatable, Sendable {
    package struct Point: Codable, Equatable, Sendable {
        package let step: Int
        package let stage: String
        /// From 1.
        package let epoch: Int
        /// Seconds since 1970.
        package let time: Double
        /// In the order of the curve's names; nil where the step had none, or one that was no number.
        package let values: [Double?]
    }

    /// What is measured: first the loss, then the learning rate, then the loss's parts.
    package private(set) var names = ["loss", "learning_rate"]
    package private(set) var points: [Point] = []
    private var stride = 1

    /// Points that are never passed.
    package static let mostPoints = 4000

    package init() {}

    package mutating func add(_ step: TrainingProgress, time: Date = .now) {
        guard step.step % stride == 0 else { return }
        var values: [Double?] = Array(repeating: nil, count: names.count)
        let common = [("loss", step.loss), ("learning_rate", step.learningRate)]
        let measured = common + step.parts.map { ($0.name, $0.value) }
        for (name, value) in measured {
            let index = names.firstIndex(of: name) ?? names.endIndex
            if index == names.endIndex {
                names.append(name)
                values.append(nil)
            }
            values[index] = value.isFinite ? value : nil
        }
        points.append(
            Point(
                step: step.step, stage: step.stage, epoch: step.epoch + 1, time: time.timeIntervalSince1970,
                values: values))
        guard points.count == Self.mostPoints else { return }
        stride *= 2
        points.removeAll { $0.step % stride != 0 }
    }

    /// Whether it is one that `add` makes, and so can be gone on with: it may come from a file.
    package var isWhole: Bool {
        (1...1 << 40).contains(stride) && names.count <= Self.mostNames && points.count <= Self.mostPoints
            && points.allSatisfy { point in
                (0...1 << 48).contains(point.step) && (0...1 << 48).contains(point.epoch)
                    && point.time.magnitude < 1e12 && point.values.count <= names.count
            }
    }

    private static let mostNames = 200

    /// The names and values of a point, without those that it lacks.
    package func values(of point: Point) -> [(name: String, value: Double)] {
        zip(names, point.values).compactMap { name, value in value.map { (name, $0) } }
    }
}
