import Neural

/// Five 3×3 convolutions, each followed by batch normalisation and ReLU, the mean over all pixels, and a linear layer.
///
/// Small on purpose (0.45 MB for grey digits): it is trained in minutes, and its features serve to compare sets of images.
package final class ClassifierNetwork: Module {
    /// Values of the penultimate layer.
    package static let featureCount = 128
    /// Output channels and stride of each convolution.
    private static let plan = [(16, 1), (32, 2), (32, 1), (64, 2), (featureCount, 1)]

    private let convolutions: [Conv2D]
    private let normalisations: [BatchNorm]
    private let head: Linear

    /// Starting values drawn from `seed`.
    package init(channels: Int, classes: Int, seed: UInt64) {
        var initialiser = Initialiser(seed: seed)
        var (convolutions, normalisations): ([Conv2D], [BatchNorm]) = ([], [])
        var inputs = channels
        for (outputs, stride) in Self.plan {
            convolutions.append(
                Conv2D(inputs, outputs, kernel: 3, stride: stride, padding: 1, bias: false, using: &initialiser))
            normalisations.append(BatchNorm(outputs, using: &initialiser))
            inputs = outputs
        }
        self.convolutions = convolutions
        self.normalisations = normalisations
        head = Linear(Self.featureCount, classes, using: &initialiser)
    }

    /// The penultimate layer, `[N, 128]`, of images `[N, H, W, C]` in [0, 1].
    package func features(_ images: Tensor, in graph: Graph) -> Tensor {
        var x = images.scaled(to: .minusOneOne, in: graph)
        for (convolution, normalisation) in zip(convolutions, normalisations) {
            x = graph.activation(normalisation(convolution(x, in: graph), in: graph), .relu)
        }
        return graph.spatialMean(x)
    }

    /// `[N, classes]`, before the softmax.
    package func logits(_ features: Tensor, in graph: Graph) -> Tensor { head(features, in: graph) }

    package func collect(_ path: String, into state: inout StateDictionary) {
        for index in convolutions.indices {
            convolutions[index].collect(StateDictionary.join(path, "conv\(index)"), into: &state)
            normalisations[index].collect(StateDictionary.join(path, "bn\(index)"), into: &state)
        }
        head.collect(StateDictionary.join(path, "fc"), into: &state)
    }
}
