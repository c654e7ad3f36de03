import Neural

/// A convolution with the batch normalisation behind it, in evaluation mode, as one convolution with a bias.
struct FoldedConvolution {
    private let plan: InceptionPlan.Convolution
    /// [kh, kw, in, out]
    private let weight: Tensor
    private let bias: Tensor

    /// Of torchvision's normalisations in this network.
    private static let eps = 1e-3

    /// From `name.conv.weight` and `name.bn.*` of a file.
    init(_ file: Safetensors, name: String, _ plan: InceptionPlan.Convolution) throws {
        self.plan = plan
        let (outputs, inputs) = (plan.outputs, plan.inputs)
        let torchShape = [outputs, inputs, plan.kernel.height, plan.kernel.width]
        let values = try Self.values(file, "\(name).conv.weight", torchShape)
        let gamma = try Self.values(file, "\(name).bn.weight", [outputs])
        let beta = try Self.values(file, "\(name).bn.bias", [outputs])
        let mean = try Self.values(file, "\(name).bn.running_mean", [outputs])
        let variance = try Self.values(file, "\(name).bn.running_var", [outputs])
        let gain = (0..<outputs).map { Double(gamma[$0]) / (Double(variance[$0]) + Self.eps).squareRoot() }
        let shape = Shape(plan.kernel.height, plan.kernel.width, inputs, outputs)
        weight = Tensor(shape, ParameterLayout.conv.fromTorch(values, shape: shape))
        for index in 0..<weight.count { weight.data[index] = Float(Double(weight.data[index]) * gain[index % outputs]) }
        bias = Tensor([outputs], (0..<outputs).map { Float(Double(beta[$0]) - Double(mean[$0]) * gain[$0]) })
    }

    func callAsFunction(_ x: Tensor, in graph: Graph) -> Tensor {
        guard plan.kernel.height != plan.kernel.width else {
            return graph.conv2d(x, weight: weight, bias: bias, stride: plan.stride, padding: plan.padding.height)
        }
        // A product with the neighbours along one axis.
        let taps = plan.kernel.height * plan.kernel.width
        return graph.linear(
            Self.neighbours(of: x, taps: taps, alongRows: plan.kernel.height == 1),
            weight: weight.reshaped([taps * plan.inputs, plan.outputs]), bias: bias)
    }

    /// Each pixel's neighbours along its row, or its column, side by side; zeros outside.
    private static func neighbours(of x: Tensor, taps: Int, alongRows: Bool) -> Tensor {
        let (height, width, channels) = (x.shape[1], x.shape[2], x.channels)
        let y = Tensor([x.shape[0], height, width, taps * channels])
        Parallel.forEach(x.shape[0] * height) { line in
            let row = line % height
            for column in 0..<width {
                for tap in 0..<taps {
                    let offset = tap - taps / 2
                    let target = y.data + ((line * width + column) * taps + tap) * channels
                    let isInside =
                        alongRows
                        ? (0..<width).contains(column + offset) : (0..<height).contains(row + offset)
                    guard isInside else {
                        target.update(repeating: 0, count: channels)
                        continue
                    }
                    let source = line * width + column + (alongRows ? offset : offset * width)
                    target.update(from: x.data + source * channels, count: channels)
                }
            }
        }
        return y
    }

    private static func values(_ file: Safetensors, _ name: String, _ shape: [Int]) throws -> [Float] {
        guard let found = file[name] else {
            throw EvaluationError(
                "The file has no tensor \(name); give a safetensors file of torchvision's Inception v3.")
        }
        guard found.shape == shape else {
            throw EvaluationError(
                "The tensor \(name) has shape \(found.shape) where Inception v3 has \(shape); give a safetensors file of "
                    + "torchvision's Inception v3.")
        }
        return try file.floats(name)
    }
}
