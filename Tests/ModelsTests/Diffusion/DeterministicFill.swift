import Neural

/// Values that any implementation can make again: a hash of a tensor's number and an element's, uniform on [0, 1).
/// The golden values of the networks were computed from these.
enum DeterministicFill {
    /// The number of the first image tensor; parameters count from 0.
    static let images: UInt64 = 1_000_000

    /// SplitMix64's finaliser over n·2³² + j.
    static func uniform(_ tensor: UInt64, _ element: Int) -> Double {
        var z = (tensor << 32) &+ UInt64(element) &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 11) * 0x1p-53
    }

    /// Fills a network's parameters, numbered in the order of its layers, each layer's weight before its bias.
    static func fill(_ state: StateDictionary) {
        for (number, parameter) in ordered(state).enumerated() {
            let shape = parameter.torchShape
            let count = parameter.value.count
            let values = (0..<count).map { element in
                let u = uniform(UInt64(number), element)
                guard shape.count > 1 else { return Float(0.2 * (u - 0.5)) }
                return Float((2 * u - 1) * (3 / (Double(count) / Double(shape[0]))).squareRoot())
            }
            let turned = parameter.layout.fromTorch(values, shape: parameter.value.shape)
            for index in 0..<count { parameter.value.data[index] = turned[index] }
        }
        // The weights of normalisations are the only weights with one axis; they lie around one.
        for (name, parameter) in state.parameters where parameter.torchShape.count == 1 && name.hasSuffix("weight") {
            for index in 0..<parameter.value.count { parameter.value.data[index] += 1 }
        }
    }

    /// An image batch `[N, H, W, C]` in [0, 1], filled in PyTorch's order.
    static func image(_ number: UInt64, shape: Shape) -> Tensor {
        let result = Tensor(shape)
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        for index in 0..<result.count {
            let (pixel, channel) = (index / channels, index % channels)
            let (image, place) = (pixel / (height * width), pixel % (height * width))
            let element = (image * channels + channel) * height * width + place
            result.data[index] = Float(uniform(images + number, element))
        }
        return result
    }

    private static func ordered(_ state: StateDictionary) -> [Parameter] {
        var layers: [String] = []
        var parts: [String: [String: Parameter]] = [:]
        for (name, parameter) in state.parameters {
            let layer = name.split(separator: ".").dropLast().joined(separator: ".")
            let part = String(name.dropFirst(layer.count + 1))
            if parts[layer] == nil { layers.append(layer) }
            parts[layer, default: [:]][part] = parameter
        }
        return layers.flatMap { layer in ["weight", "bias"].compactMap { parts[layer]?[$0] } }
    }
}
