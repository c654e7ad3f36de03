import Models

@testable import Neural

/// Every convolution shape of a model: how long each algorithm takes for each of the three passes, and which is chosen.
struct ConvolutionTable {
    /// One of the passes that a training step makes through a convolution.
    enum Pass: String, CaseIterable {
        case forward
        case inputGradient = "input-gradient"
        case weightGradient = "weight-gradient"
    }

    static func rows(_ item: BenchmarkCase, _ pass: (Graph) -> Void) -> [BenchmarkLine] {
        let shapes = ConvolutionShapes.all(pass)
        var counts: [ConvolutionShapes.Shape: Int] = [:]
        for shape in shapes { counts[shape, default: 0] += 1 }
        var seen: Set<ConvolutionShapes.Shape> = []
        return shapes.filter { seen.insert($0).inserted }.flatMap { shape in
            let operands = Operands(shape)
            return Pass.allCases.map { operands.line(item, $0, count: counts[shape] ?? 0) }
        }
    }

    /// Values for one shape.
    private struct Operands {
        let shape: ConvolutionShapes.Shape
        let images: Tensor
        let positions: Tensor
        let weight: Tensor

        init(_ shape: ConvolutionShapes.Shape) {
            let sizes = shape.sizes
            func draw(_ shape: Neural.Shape, requiresGradient: Bool = false) -> Tensor {
                Tensor(
                    shape, RandomKey(seed: 1, use: 1).normals(shape.values), requiresGradient: requiresGradient)
            }
            self.shape = shape
            images = draw([sizes.images, sizes.height, sizes.width, sizes.channels])
            positions = draw([sizes.images, sizes.positionsHigh, sizes.positionsWide, sizes.positionChannels])
            weight = draw(
                shape.isTransposed
                    ? [sizes.positionChannels, sizes.kernel, sizes.kernel, sizes.channels]
                    : [sizes.kernel, sizes.kernel, sizes.channels, sizes.positionChannels], requiresGradient: true)
        }

        func line(_ item: BenchmarkCase, _ pass: Pass, count: Int) -> BenchmarkLine {
            let sizes = shape.sizes
            let from = "\(sizes.height)x\(sizes.width)x\(sizes.channels)"
            let to = "\(sizes.positionsHigh)x\(sizes.positionsWide)x\(sizes.positionChannels)"
            var fields: [(String, BenchmarkLine.Value)] = [
                ("shape", .text(shape.isTransposed ? "\(to) to \(from) transposed" : "\(from) to \(to)")),
                ("kernel", .whole(sizes.kernel)), ("stride", .whole(sizes.stride)), ("count", .whole(count)),
                ("pass", .text(pass.rawValue)), ("chosen", .text("\(chosen(pass))")),
            ]
            for method in Convolution.Method.allCases where Convolution.isPossible(method, sizes) {
                let time = Stopwatch(seconds: 0.05, least: 3) { run(pass, by: method) }
                fields.append(("\(method)_ms", .number(time.median * 1000)))
            }
            return item.line(fields)
        }

        /// Forward is from the strided side to the positions, but for a transposed convolution.
        private func gathers(_ pass: Pass) -> Bool { (pass == .forward) != shape.isTransposed }

        private func chosen(_ pass: Pass) -> Convolution.Method {
            guard pass != .weightGradient else { return Convolution.weightGradientMethod(shape.sizes) }
            return gathers(pass) ? shape.sizes.gatherMethod(training: true) : shape.sizes.scatterMethod(training: true)
        }

        private func run(_ pass: Pass, by method: Convolution.Method) {
            let graph = Graph(training: true, recording: false)
            let matrix: KernelMatrix = shape.isTransposed ? .transposedConvolution(weight) : .convolution(weight)
            if pass == .weightGradient {
                let gradient: KernelGradient =
                    shape.isTransposed ? .transposedConvolution(weight) : .convolution(weight)
                shape.sizes.addWeightGradient(.images(images.data), positions.data, to: gradient, by: method)
            } else if gathers(pass) {
                shape.sizes.gather(
                    .images(images.data), (weight, matrix), bias: nil, into: positions.data, by: method, in: graph)
            } else {
                shape.sizes.scatter(
                    positions.data, (weight, matrix), bias: nil, into: .images(images.data, adding: nil), by: method,
                    in: graph)
            }
        }
    }
}
