import Neural
import TestSupport
import Testing

@testable import Models

/// pool3 against torchvision's own module; `Tests/Fixtures/inception-v3.py` made the expected features.
@Suite struct InceptionTests {
    /// The weights that the script gives the module: by the position of their names in alphabetical order.
    private static let weights = Safetensors.encode(
        shapes().sorted { $0.key < $1.key }.enumerated().map { position, entry in
            let (name, shape) = entry
            let count = shape.reduce(1, *)
            let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
            let centre = name.hasSuffix(".bn.weight") || name.hasSuffix(".running_var") ? 1.0 : 0
            let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                for element in 0..<count {
                    let u = DeterministicFill.uniform(UInt64(position), element)
                    buffer[element] = Float(shape.count == 4 ? (2 * u - 1) * bound : 0.2 * (u - 0.5) + centre)
                }
                filled = count
            }
            return StoredTensor(name, values, shape: shape)
        })

    private static func shapes() -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for (name, step) in InceptionPlan.convolutions {
            shapes["\(name).conv.weight"] = [step.outputs, step.inputs, step.kernel.height, step.kernel.width]
            for part in ["weight", "bias", "running_mean", "running_var"] {
                shapes["\(name).bn.\(part)"] = [step.outputs]
            }
        }
        return shapes
    }

    @Test(arguments: try Fixture.all(kind: "inception"), Inception.Pooling.allCases)
    func agreesWithTorchvision(_ fixture: Fixture, _ pooling: Inception.Pooling) throws {
        let network = try Inception(Safetensors(bytes: Self.weights), pooling: pooling)
        for name in ["grey", "colour"] {
            let values = try fixture.file.unsignedBytes(name).map { Float($0) / 255 }
            let (shape, pixels) = ChannelOrder.channelsLast(values, torchShape: try fixture.shape(name))
            let features = network.features(Tensor(shape, pixels))
            #expect(features.shape == [shape[0], network.dimension])
            try expectClose(features, fixture, "\(pooling.rawValue).\(name)")
        }
    }

    @Test func takesOnlyItsOwnWeights() throws {
        let file = try Safetensors(bytes: Self.weights)
        func refusal(_ change: (inout [StoredTensor]) -> Void) throws -> String {
            var tensors = try file.names.map { try file.stored($0) }
            change(&tensors)
            let bytes = Safetensors.encode(tensors)
            let error = #expect(throws: EvaluationError.self) {
                try Inception(Safetensors(bytes: bytes), pooling: .fid)
            }
            return error?.description ?? ""
        }
        #expect(try refusal { $0.removeAll { $0.name == "Mixed_6b.branch1x1.bn.bias" } }.contains("branch1x1.bn.bias"))
        #expect(
            try refusal { $0.append(StoredTensor("conv1.weight", [Float(1)], shape: [1])) }.contains("conv1.weight"))
        let wrong = try refusal { tensors in
            tensors.removeAll { $0.name == "Conv2d_1a_3x3.conv.weight" }
            tensors.append(StoredTensor("Conv2d_1a_3x3.conv.weight", [Float](repeating: 0, count: 32), shape: [32]))
        }
        #expect(wrong.contains("[32, 3, 3, 3]"))
    }
}
