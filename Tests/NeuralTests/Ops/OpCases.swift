import Glibc
import Neural

/// The table that every test of this folder goes through.
enum OpCases {
    static let all = convolutions + transposed + products + normalisations + fused + elementwise + shaping

    /// The shapes of both models (with fewer images), and odd ones: each way of computing a convolution is among them.
    static let convolutions: [OpCase] = [
        conv(n: 2, size: 28, in: 4, out: 8, kernel: 3, padding: 1),
        conv(n: 3, size: 7, in: 16, out: 32, kernel: 3, padding: 1),
        conv(n: 2, size: 14, in: 32, out: 32, kernel: 3, padding: 1),
        conv(n: 2, size: 16, in: 40, out: 24, kernel: 3, padding: 1),
        conv(n: 2, size: 8, in: 64, out: 64, kernel: 3, padding: 1),
        conv(n: 2, size: 4, in: 33, out: 47, kernel: 3, padding: 1),
        conv(n: 2, size: 9, in: 20, out: 36, kernel: 3, padding: 0),
        conv(n: 1, size: 8, in: 128, out: 128, kernel: 3, padding: 1),
        conv(n: 9, size: 2, in: 16, out: 32, kernel: 3, padding: 1, bias: false),
        conv(n: 21, size: 2, in: 32, out: 1, kernel: 3, padding: 1, bias: false),
        conv(n: 3, size: 14, in: 16, out: 16, kernel: 3, stride: 2, padding: 1),
        conv(n: 3, size: 7, in: 16, out: 16, kernel: 3, stride: 2, padding: 1),
        conv(n: 2, size: 6, in: 48, out: 40, kernel: 1, padding: 0),
        conv(n: 3, size: 5, in: 7, out: 3, kernel: 1, padding: 0, bias: false),
        conv(n: 2, size: 28, in: 1, out: 11, kernel: 12, padding: 1, bias: false),
        conv(n: 2, size: 19, in: 11, out: 21, kernel: 12, padding: 1, bias: false),
        conv(n: 5, size: 10, in: 21, out: 32, kernel: 7, stride: 5, padding: 1, bias: false),
        conv(n: 2, size: 11, in: 3, out: 5, kernel: 4, stride: 3, padding: 2),
    ]

    static let transposed: [OpCase] = [
        convTranspose(n: 5, size: 2, in: 16, out: 11, kernel: 7, stride: 5, padding: 1, bias: false),
        convTranspose(n: 2, size: 10, in: 11, out: 6, kernel: 12, stride: 1, padding: 1, bias: false),
        convTranspose(n: 2, size: 19, in: 6, out: 1, kernel: 12, stride: 1, padding: 1, bias: false),
        convTranspose(n: 3, size: 4, in: 24, out: 24, kernel: 4, stride: 2, padding: 1, bias: false),
        convTranspose(n: 2, size: 5, in: 3, out: 4, kernel: 3, stride: 1, padding: 1),
        convTranspose(n: 2, size: 3, in: 5, out: 2, kernel: 2, stride: 3, padding: 0),
    ]

    static let products: [OpCase] = [
        linear([37, 4], out: 32), linear([5, 33], out: 1), linear([70, 130], out: 150, bias: false),
        linear([3, 5, 5, 24], out: 40), linear([2, 260], out: 270),  // the last: columns shared among the cores
        attention(n: 2, tokens: 16, channels: 32, heads: 4), attention(n: 3, tokens: 49, channels: 24, heads: 2),
    ]

    static let normalisations: [OpCase] = [
        batchNorm([64, 9]), batchNorm([9, 5, 5, 21]), batchNorm([3, 17, 17, 64]),
        batchNorm([70, 8], silu: true), batchNorm([9, 5, 5, 21], silu: true), batchNorm([3, 17, 17, 64], silu: true),
        groupNorm(n: 3, size: 7, channels: 32, groups: 8, modulated: true, silu: true),
        groupNorm(n: 2, size: 16, channels: 48, groups: 16, modulated: false, silu: true),
        groupNorm(n: 2, size: 4, channels: 24, groups: 24, modulated: true, silu: false),
        groupNorm(n: 2, size: 5, channels: 20, groups: 1, modulated: false, silu: false),
    ]

    static let elementwise: [OpCase] =
        [
            activation("swish", .swish) { $0 * Reference.sigmoid($0) },
            activation("leaky ReLU", .leakyReLU(0.3)) { $0 > 0 ? $0 : 0.3 * $0 },
            activation("ReLU", .relu) { max(0, $0) },
            activation("sigmoid", .sigmoid, Reference.sigmoid),
            activation("softplus", .softplus) { log1p(exp($0)) },
            pair("add", { $0.add($1, $2) }, +),
            pair("addScaled", { $0.addScaled($1, $2, by: -0.3) }, { $0 - 0.3 * $1 }),
            pair("multiply", { $0.multiply($1, $2) }, *),
            pair("sum of tensors", { $0.sumTensors([$1, $2, $1]) }, { 2 * $0 + $1 }),
            single("scale", [9, 2000], { $0.scale($1, by: 1.7) }, { $0.map { 1.7 * $0 } }),
            single("one minus", [9, 2000], { $0.oneMinus($1) }, { $0.map { 1 - $0 } }),
            total("sum", { $0.sum($1) }, { $0.values.reduce(0, +) }),
            total("mean", { $0.mean($1) }, { $0.values.reduce(0, +) / Double($0.count) }),
            OpCase(
                name: "mean squared error", inputs: [[50, 700], [50, 700]], perImage: false,
                operation: { $0.meanSquaredError($1[0], $1[1]) },
                reference: { inputs in
                    let squares = inputs[0].with(inputs[1]) { ($0 - $1) * ($0 - $1) }
                    return Array64([1], [squares.values.reduce(0, +) / Double(squares.count)])
                }),
            OpCase(
                name: "cross-entropy", inputs: [[60, 11]], perImage: false,
                operation: { $0.crossEntropy($1[0], labels: (0..<60).map { $0 % 11 }) },
                reference: { Array64([1], [Reference.crossEntropy($0[0], labels: (0..<60).map { $0 % 11 })]) }),
            OpCase(
                name: "add per image", inputs: [[3, 9, 9, 70], [3, 70]], alsoPerImage: [1],
                operation: { $0.addPerImage($1[0], $1[1]) },
                reference: { inputs in
                    var y = inputs[0]
                    for row in 0..<y.rows {
                        for c in 0..<70 { y[row, c] += inputs[1][row / 81, c] }
                    }
                    return y
                }),
        ]

    static let shaping: [OpCase] = [
        OpCase(
            name: "concatenate channels", inputs: [[3, 20, 20, 12], [3, 20, 20, 31]], alsoPerImage: [1],
            operation: { $0.concatChannels($1[0], $1[1]) },
            reference: { inputs in
                let values = (0..<inputs[0].rows).flatMap { row in
                    (0..<12).map { inputs[0][row, $0] } + (0..<31).map { inputs[1][row, $0] }
                }
                return Array64([3, 20, 20, 43].replacingFirst(inputs[0].shape[0]), values)
            }),
        OpCase(
            name: "concatenate rows", inputs: [[3, 4, 7], [2, 4, 7]], perImage: false,
            operation: { $0.concatRows([$1[0], $1[1], $1[0]]) },
            reference: { Array64([8, 4, 7], $0[0].values + $0[1].values + $0[0].values) }),
        single(
            "slice channels", [3, 20, 20, 43], { $0.sliceChannels($1, from: 5, count: 17) },
            { x in
                Array64(
                    x.shape.dropLast() + [17], (0..<x.rows).flatMap { row in (5..<22).map { x[row, $0] } })
            }),
        single(
            "reshape", [3, 4, 5], { $0.reshape($0.scale($1, by: 2), [$1.shape[0], 20]) },
            { Array64([$0.shape[0], 20], $0.values.map { 2 * $0 }) }),
        single("pad", [3, 5, 6, 7], { $0.pad($1, 2) }, { Reference.pad($0, 2) }),
        single("crop", [3, 8, 7, 5], { $0.crop($1, 2) }, { Reference.pad($0, -2) }),
        single("average pool, even", [2, 8, 6, 20], { $0.avgPool3x3Stride2($1) }, Reference.averagePool),
        single("average pool, odd", [2, 7, 1, 5], { $0.avgPool3x3Stride2($1) }, Reference.averagePool),
        single("bilinear", [2, 4, 5, 21], { $0.bilinearUpsample2($1) }, Reference.bilinear),
        single("bilinear of one pixel", [2, 1, 1, 3], { $0.bilinearUpsample2($1) }, Reference.bilinear),
        single("spatial mean", [3, 5, 7, 21], { $0.spatialMean($1) }, Reference.spatialMean),
        single("nearest", [2, 4, 5, 21], { $0.nearestUpsample2($1) }, Reference.nearest),
    ]
}

// MARK: - How the rows of the table are made

extension OpCases {
    private static func conv(
        n: Int, size: Int, in channels: Int, out: Int, kernel: Int, stride: Int = 1, padding: Int, bias: Bool = true
    ) -> OpCase {
        OpCase(
            name: "conv \(kernel)x\(kernel)/\(stride) \(channels)->\(out) @\(size) x\(n)",
            inputs: [[n, size, size, channels], [kernel, kernel, channels, out]] + (bias ? [[out]] : []),
            operation: {
                $0.conv2d($1[0], weight: $1[1], bias: bias ? $1[2] : nil, stride: stride, padding: padding)
            },
            reference: {
                Reference.conv2d($0[0], $0[1], bias ? $0[2] : nil, stride: stride, padding: padding)
            })
    }

    private static func convTranspose(
        n: Int, size: Int, in channels: Int, out: Int, kernel: Int, stride: Int, padding: Int, bias: Bool = true
    ) -> OpCase {
        OpCase(
            name: "transposed conv \(kernel)x\(kernel)/\(stride) \(channels)->\(out) @\(size) x\(n)",
            inputs: [[n, size, size, channels], [channels, kernel, kernel, out]] + (bias ? [[out]] : []),
            operation: {
                $0.convTranspose2d($1[0], weight: $1[1], bias: bias ? $1[2] : nil, stride: stride, padding: padding)
            },
            reference: {
                Reference.convTranspose2d($0[0], $0[1], bias ? $0[2] : nil, stride: stride, padding: padding)
            })
    }

    private static func linear(_ shape: [Int], out: Int, bias: Bool = true) -> OpCase {
        OpCase(
            name: "linear \(shape)->\(out)", inputs: [shape, [shape.last ?? 1, out]] + (bias ? [[out]] : []),
            operation: { $0.linear($1[0], weight: $1[1], bias: bias ? $1[2] : nil) },
            reference: { Reference.linear($0[0], $0[1], bias ? $0[2] : nil) })
    }

    private static func attention(n: Int, tokens: Int, channels: Int, heads: Int) -> OpCase {
        single(
            "attention \(heads) heads, \(tokens) tokens, \(channels) channels", [n, tokens, 3 * channels],
            { $0.attention(qkv: $1, heads: heads) }, { Reference.attention($0, heads: heads) })
    }

    private static func batchNorm(_ shape: [Int], silu: Bool = false) -> OpCase {
        let channels = shape.last ?? 1
        return OpCase(
            name: "batch norm \(shape)\(silu ? " and SiLU" : "")", inputs: [shape, [channels], [channels]],
            training: true, perImage: false,
            operation: { $0.batchNorm($1[0], BatchNormState(weight: $1[1], bias: $1[2]), silu: silu) },
            reference: {
                let y = Reference.batchNorm($0[0], $0[1], $0[2])
                return silu ? y.map { $0 * Reference.sigmoid($0) } : y
            })
    }

    private static func groupNorm(
        n: Int, size: Int, channels: Int, groups: Int, modulated: Bool, silu: Bool
    ) -> OpCase {
        OpCase(
            name: "group norm \(groups) groups \(channels) channels @\(size)\(modulated ? " modulated" : "")",
            inputs: [[n, size, size, channels], [channels], [channels]]
                + (modulated ? [[n, channels], [n, channels]] : []),
            alsoPerImage: [3, 4],
            operation: {
                $0.groupNorm(
                    $1[0], groups: groups, weight: $1[1], bias: $1[2], scale: modulated ? $1[3] : nil,
                    shift: modulated ? $1[4] : nil, silu: silu)
            },
            reference: {
                Reference.groupNorm(
                    $0[0], groups: groups, $0[1], $0[2], scale: modulated ? $0[3] : nil,
                    shift: modulated ? $0[4] : nil, silu: silu)
            })
    }

    private static func activation(
        _ name: String, _ kind: Activation, _ function: @escaping @Sendable (Double) -> Double
    ) -> OpCase {
        // Values that are no multiple of a vector's width, in several pieces.
        single(name, [7, 5003], { $0.activation($1, kind) }, { $0.map(function) })
    }

    private static func single(
        _ name: String, _ shape: [Int], _ operation: @escaping @Sendable (Graph, Tensor) -> Tensor,
        _ reference: @escaping @Sendable (Array64) -> Array64
    ) -> OpCase {
        OpCase(name: name, inputs: [shape], operation: { operation($0, $1[0]) }, reference: { reference($0[0]) })
    }

    private static func total(
        _ name: String, _ operation: @escaping @Sendable (Graph, Tensor) -> Tensor,
        _ reference: @escaping @Sendable (Array64) -> Double
    ) -> OpCase {
        OpCase(
            name: name, inputs: [[50, 701]], perImage: false, operation: { operation($0, $1[0]) },
            reference: { Array64([1], [reference($0[0])]) })
    }

    private static func pair(
        _ name: String, _ operation: @escaping @Sendable (Graph, Tensor, Tensor) -> Tensor,
        _ reference: @escaping @Sendable (Double, Double) -> Double
    ) -> OpCase {
        OpCase(
            name: name, inputs: [[7, 5003], [7, 5003]], alsoPerImage: [1],
            operation: { operation($0, $1[0], $1[1]) }, reference: { $0[0].with($0[1], reference) })
    }
}

extension [Int] {
    func replacingFirst(_ value: Int) -> [Int] { [value] + dropFirst() }
}
