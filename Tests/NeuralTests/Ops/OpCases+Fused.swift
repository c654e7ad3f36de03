import Neural

/// Operations that do several things in one pass, against the definitions one after another.
extension OpCases {
    /// Few tiles (cores share planes) and many (cores share images), one and two parts, with each method.
    static let fused: [OpCase] = [
        normalisedConv(n: 2, size: 8, parts: [32], out: 16, groups: 8, modulated: true, residual: true),
        normalisedConv(n: 3, size: 28, parts: [16], out: 16, groups: 4, modulated: false, residual: false),
        normalisedConv(n: 9, size: 16, parts: [16, 8], out: 24, groups: 4, modulated: false, residual: true),
        normalisedConv(n: 2, size: 6, parts: [32], out: 3, groups: 8, modulated: false, residual: false),
        normalisedConv(n: 5, size: 2, parts: [16], out: 16, groups: 2, modulated: true, residual: true),
        OpCase(
            name: "conv 3x3 with residual @12", inputs: [[2, 12, 12, 16], [3, 3, 16, 32], [2, 12, 12, 32]],
            alsoPerImage: [2],
            operation: { $0.conv2d($1[0], weight: $1[1], bias: nil, padding: 1, residual: $1[2]) },
            reference: { Reference.conv2d($0[0], $0[1], nil, stride: 1, padding: 1).with($0[2], +) }),
        OpCase(
            name: "conv 5x5 with residual @9", inputs: [[2, 9, 9, 6], [5, 5, 6, 4], [4], [2, 9, 9, 4]],
            alsoPerImage: [3],
            operation: { $0.conv2d($1[0], weight: $1[1], bias: $1[2], padding: 2, residual: $1[3]) },
            reference: { Reference.conv2d($0[0], $0[1], $0[2], stride: 1, padding: 2).with($0[3], +) }),
        OpCase(
            name: "linear of two parts", inputs: [[3, 5, 5, 24], [3, 5, 5, 7], [1, 1, 31, 20], [20]],
            alsoPerImage: [1],
            operation: { $0.linear(joining: Parts($1[0], $1[1]), weight: $1[2], bias: $1[3]) },
            reference: {
                Reference.linear(joined([$0[0], $0[1]]), Array64([31, 20], $0[2].values), $0[3])
            }),
    ]

    private static func normalisedConv(
        n: Int, size: Int, parts: [Int], out: Int, groups: Int, modulated: Bool, residual: Bool
    ) -> OpCase {
        let channels = parts.reduce(0, +)
        let count = parts.count
        var inputs = parts.map { [n, size, size, $0] }
        inputs += [[channels], [channels], [3, 3, channels, out], [out]]
        var images = Set(1..<count)
        if modulated {
            images.formUnion([inputs.count, inputs.count + 1])
            inputs += [[n, channels], [n, channels]]
        }
        if residual {
            images.insert(inputs.count)
            inputs.append([n, size, size, out])
        }
        return OpCase(
            name: "normalised conv \(parts)->\(out) @\(size) x\(n)", inputs: inputs, tolerance: 3e-5,
            alsoPerImage: images,
            operation: { graph, x in
                let map = ChannelMap(
                    groups: groups, weight: x[count], bias: x[count + 1], scale: modulated ? x[count + 4] : nil,
                    shift: modulated ? x[count + 5] : nil)
                return graph.normalisedConv2d(
                    Parts(x[0], count > 1 ? x[1] : nil), map, weight: x[count + 2], bias: x[count + 3], padding: 1,
                    residual: residual ? x.last : nil)
            },
            reference: { x in
                let normal = Reference.groupNorm(
                    joined(Array(x[0..<count])), groups: groups, x[count], x[count + 1],
                    scale: modulated ? x[count + 4] : nil, shift: modulated ? x[count + 5] : nil, silu: true)
                let y = Reference.conv2d(normal, x[count + 2], x[count + 3], stride: 1, padding: 1)
                return residual ? y.with(x[x.count - 1], +) : y
            })
    }

    /// Images in parts as one.
    private static func joined(_ parts: [Array64]) -> Array64 {
        let channels = parts.reduce(0) { $0 + $1.channels }
        let values = (0..<parts[0].rows).flatMap { row in
            parts.flatMap { part in (0..<part.channels).map { part[row, $0] } }
        }
        return Array64(parts[0].shape.dropLast() + [channels], values)
    }
}
