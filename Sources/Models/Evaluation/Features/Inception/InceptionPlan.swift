/// The layers of Inception v3 between the image and pool3, under torchvision's names.
enum InceptionPlan {
    struct Convolution {
        let inputs: Int
        let outputs: Int
        let kernel: (height: Int, width: Int)
        var stride = 1
        var padding = (height: 0, width: 0)
    }

    indirect enum Step {
        /// With batch normalisation and ReLU behind it.
        case convolution(String, Convolution)
        /// 3×3; with stride 1 padded so that the size stays.
        case maxPool(stride: Int)
        /// 3×3, stride 1, padded by one; the last block's differs between the variants.
        case averagePool(isLast: Bool)
        /// Each from the same input; outputs side by side as channels.
        case branches([[Step]])
    }

    static let featureCount = 2048

    static let steps: [Step] =
        [
            convolution("Conv2d_1a_3x3", 3, 32, 3, stride: 2), convolution("Conv2d_2a_3x3", 32, 32, 3),
            convolution("Conv2d_2b_3x3", 32, 64, 3, padding: 1), .maxPool(stride: 2),
            convolution("Conv2d_3b_1x1", 64, 80, 1), convolution("Conv2d_4a_3x3", 80, 192, 3), .maxPool(stride: 2),
        ]
        + [
            blockA("Mixed_5b", 192, pool: 32), blockA("Mixed_5c", 256, pool: 64), blockA("Mixed_5d", 288, pool: 64),
            blockB("Mixed_6a", 288), blockC("Mixed_6b", middle: 128), blockC("Mixed_6c", middle: 160),
            blockC("Mixed_6d", middle: 160), blockC("Mixed_6e", middle: 192), blockD("Mixed_7a", 768),
            blockE("Mixed_7b", 1280, isLast: false), blockE("Mixed_7c", 2048, isLast: true),
        ]

    /// Every convolution with its name.
    static let convolutions: [(name: String, step: Convolution)] = convolutions(of: steps)

    private static func convolutions(of steps: [Step]) -> [(name: String, step: Convolution)] {
        steps.flatMap { step -> [(name: String, step: Convolution)] in
            switch step {
            case .convolution(let name, let convolution): [(name, convolution)]
            case .branches(let branches): branches.flatMap(convolutions)
            case .maxPool, .averagePool: []
            }
        }
    }
}

// MARK: - Blocks

extension InceptionPlan {
    private static func blockA(_ name: String, _ inputs: Int, pool: Int) -> Step {
        .branches([
            [convolution("\(name).branch1x1", inputs, 64, 1)],
            [
                convolution("\(name).branch5x5_1", inputs, 48, 1),
                convolution("\(name).branch5x5_2", 48, 64, 5, padding: 2),
            ],
            [
                convolution("\(name).branch3x3dbl_1", inputs, 64, 1),
                convolution("\(name).branch3x3dbl_2", 64, 96, 3, padding: 1),
                convolution("\(name).branch3x3dbl_3", 96, 96, 3, padding: 1),
            ],
            [.averagePool(isLast: false), convolution("\(name).branch_pool", inputs, pool, 1)],
        ])
    }

    private static func blockB(_ name: String, _ inputs: Int) -> Step {
        .branches([
            [convolution("\(name).branch3x3", inputs, 384, 3, stride: 2)],
            [
                convolution("\(name).branch3x3dbl_1", inputs, 64, 1),
                convolution("\(name).branch3x3dbl_2", 64, 96, 3, padding: 1),
                convolution("\(name).branch3x3dbl_3", 96, 96, 3, stride: 2),
            ],
            [.maxPool(stride: 2)],
        ])
    }

    private static func blockC(_ name: String, middle: Int) -> Step {
        .branches([
            [convolution("\(name).branch1x1", 768, 192, 1)],
            [
                convolution("\(name).branch7x7_1", 768, middle, 1),
                row("\(name).branch7x7_2", middle, middle, 7), column("\(name).branch7x7_3", middle, 192, 7),
            ],
            [
                convolution("\(name).branch7x7dbl_1", 768, middle, 1),
                column("\(name).branch7x7dbl_2", middle, middle, 7), row("\(name).branch7x7dbl_3", middle, middle, 7),
                column("\(name).branch7x7dbl_4", middle, middle, 7), row("\(name).branch7x7dbl_5", middle, 192, 7),
            ],
            [.averagePool(isLast: false), convolution("\(name).branch_pool", 768, 192, 1)],
        ])
    }

    private static func blockD(_ name: String, _ inputs: Int) -> Step {
        .branches([
            [
                convolution("\(name).branch3x3_1", inputs, 192, 1),
                convolution("\(name).branch3x3_2", 192, 320, 3, stride: 2),
            ],
            [
                convolution("\(name).branch7x7x3_1", inputs, 192, 1), row("\(name).branch7x7x3_2", 192, 192, 7),
                column("\(name).branch7x7x3_3", 192, 192, 7),
                convolution("\(name).branch7x7x3_4", 192, 192, 3, stride: 2),
            ],
            [.maxPool(stride: 2)],
        ])
    }

    private static func blockE(_ name: String, _ inputs: Int, isLast: Bool) -> Step {
        .branches([
            [convolution("\(name).branch1x1", inputs, 320, 1)],
            [
                convolution("\(name).branch3x3_1", inputs, 384, 1),
                .branches([
                    [row("\(name).branch3x3_2a", 384, 384, 3)], [column("\(name).branch3x3_2b", 384, 384, 3)],
                ]),
            ],
            [
                convolution("\(name).branch3x3dbl_1", inputs, 448, 1),
                convolution("\(name).branch3x3dbl_2", 448, 384, 3, padding: 1),
                .branches([
                    [row("\(name).branch3x3dbl_3a", 384, 384, 3)], [column("\(name).branch3x3dbl_3b", 384, 384, 3)],
                ]),
            ],
            [.averagePool(isLast: isLast), convolution("\(name).branch_pool", inputs, 192, 1)],
        ])
    }

    // MARK: Convolutions

    private static func convolution(
        _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0
    ) -> Step {
        .convolution(
            name,
            Convolution(
                inputs: inputs, outputs: outputs, kernel: (kernel, kernel), stride: stride, padding: (padding, padding))
        )
    }

    /// 1×k, padded so that the size stays.
    private static func row(_ name: String, _ inputs: Int, _ outputs: Int, _ length: Int) -> Step {
        .convolution(
            name,
            Convolution(inputs: inputs, outputs: outputs, kernel: (1, length), padding: (0, length / 2)))
    }

    /// k×1, padded so that the size stays.
    private static func column(_ name: String, _ inputs: Int, _ outputs: Int, _ length: Int) -> Step {
        .convolution(
            name,
            Convolution(inputs: inputs, outputs: outputs, kernel: (length, 1), padding: (length / 2, 0)))
    }
}
