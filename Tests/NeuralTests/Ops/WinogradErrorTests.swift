import Foundation
import Neural
import Testing

/// How far 3x3 convolutions are from sums in doubles, over the shapes of the U-Nets, by Winograd's algorithm and without.
/// `Sources/Neural/ENGINE.md` has the table; `GROVE_PARITY_REPORT=1` prints it.
@Suite struct WinogradErrorTests {
    private struct Shape {
        let size: Int
        let channels: Int
        let out: Int
        let images = 2
    }

    private static let shapes = [
        Shape(size: 32, channels: 64, out: 64), Shape(size: 32, channels: 192, out: 64),
        Shape(size: 32, channels: 128, out: 128), Shape(size: 16, channels: 128, out: 128),
        Shape(size: 16, channels: 256, out: 128), Shape(size: 16, channels: 512, out: 256),
        Shape(size: 8, channels: 128, out: 128), Shape(size: 8, channels: 256, out: 256),
        Shape(size: 8, channels: 512, out: 256),
    ]

    /// In a process of its own, since the setting is for all.
    @Test func errorsStayBelowOneInAHundredThousand() async {
        let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            for shape in Self.shapes {
                let winograd = Self.errors(shape, winograd: true)
                let direct = Self.errors(shape, winograd: false)
                let columns = (winograd + direct).map { String(format: "%.1e", $0) }.joined(separator: " | ")
                print("| \(shape.size)² \(shape.channels)→\(shape.out) | \(columns) |")
                for (index, bound) in [1e-5, 1e-5, 2e-5].enumerated() {
                    precondition(winograd[index] < bound, "\(shape): error \(index) is \(winograd[index])")
                    precondition(direct[index] < 4e-6, "\(shape): direct error \(index) is \(direct[index])")
                }
            }
        }
        if ProcessInfo.processInfo.environment["GROVE_PARITY_REPORT"] != nil, let child {
            print(String(decoding: child.standardOutputContent, as: UTF8.self))
        }
    }

    /// The largest errors of output, input gradient and weight gradient, of their largest values, at 200 places each.
    private static func errors(_ shape: Shape, winograd: Bool) -> [Double] {
        Convolution.winograd = winograd
        let (n, size, channels, out) = (shape.images, shape.size, shape.channels, shape.out)
        let x = normal([n, size, size, channels], 1)
        let w = normal([3, 3, channels, out], 2)
        let graph = Graph(training: true, recording: true)
        let y = graph.conv2d(x, weight: w, bias: nil, padding: 1)
        let seed = normal(y.shape, 3)
        graph.backward(from: y, seed: seed.values)
        let (dx, dw) = (Tensor(x.shape, gradient(x)), Tensor(w.shape, gradient(w)))
        let (x64, w64, dy64) = (Array64(x), Array64(w), Array64(seed))
        let output = largestError(y, 4) { i in
            sumOverTaps { a, b in
                (0..<channels).reduce(0) {
                    $0 + x64.padded(i[0], i[1] + a - 1, i[2] + b - 1, $1) * w64[a, b, $1, i[3]]
                }
            }
        }
        let input = largestError(dx, 5) { i in
            sumOverTaps { a, b in
                (0..<out).reduce(0) {
                    $0 + dy64.padded(i[0], i[1] + 1 - a, i[2] + 1 - b, $1) * w64[a, b, i[3], $1]
                }
            }
        }
        let weight = largestError(dw, 6) { i in
            (0..<n * size * size).reduce(0) { sum, p in
                let (image, row, column) = (p / (size * size), p / size % size, p % size)
                return sum + x64.padded(image, row + i[0] - 1, column + i[1] - 1, i[2]) * dy64[image, row, column, i[3]]
            }
        }
        return [output, input, weight]
    }

    private static func sumOverTaps(_ term: (Int, Int) -> Double) -> Double {
        (0..<9).reduce(0) { $0 + term($1 / 3, $1 % 3) }
    }

    private static func largestError(_ tensor: Tensor, _ step: UInt32, _ exact: ([Int]) -> Double) -> Double {
        let values = tensor.values
        let largest = values.reduce(0) { max($0, $1.magnitude) }
        let places = RandomKey(seed: 23, use: 0x5745, step: step).permutation(values.count).prefix(200)
        let error = places.reduce(0.0) { worst, place in
            var (rest, index) = (place, [0, 0, 0, 0])
            for axis in (0..<4).reversed() {
                index[axis] = rest % tensor.shape[axis]
                rest /= tensor.shape[axis]
            }
            return max(worst, (exact(index) - Double(values[place])).magnitude)
        }
        return error / Double(largest)
    }

    private static func gradient(_ tensor: Tensor) -> [Float] {
        Array(UnsafeBufferPointer(start: tensor.gradient(), count: tensor.count))
    }

    private static func normal(_ shape: Neural.Shape, _ step: UInt32) -> Tensor {
        Tensor(
            shape, RandomKey(seed: 22, use: 0x5745, step: step).normals(shape.values), requiresGradient: true)
    }
}
