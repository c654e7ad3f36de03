/// The record of one forward pass: what each operation needs to send gradients back.
///
/// Operations are methods in extensions (`Ops/`), one file a family, forward and backward side by side.
package final class Graph {
    /// Batch statistics, dropout and power iterations, as in PyTorch's `train()`.
    package let training: Bool
    /// Whether backward passes are wanted; a sampling pass records nothing and frees its tensors as it goes.
    package let recording: Bool
    /// Told the sizes of every convolution of this pass, and whether it is a transposed one; for measurements.
    var onConvolution: ((_ shape: Correlation, _ isTransposed: Bool) -> Void)?
    /// Told the input of every batch normalisation of an evaluation pass.
    var onBatchNorm: ((_ state: BatchNormState, _ input: Tensor) -> Void)?
    private let tape = Tape()
    private var shelf = TensorShelf()
    /// Graphs of branches, of which the first so many are taken (`branches`).
    var branchGraphs: [Graph] = []
    var branchesTaken = 0
    let isBranch: Bool
    /// A branch's own views of tensors that other branches read too.
    var sharedTensors: [(own: Tensor, tensor: Tensor)] = []
    private var prepared: [PreparedWeight: (weight: Tensor, form: SharedScratch)] = [:]

    /// A graph beside this one that records nothing, for what leaves its traces in a layer's state alone.
    package private(set) lazy var aside = Graph(training: training, recording: false)

    package convenience init(training: Bool, recording: Bool) {
        self.init(training: training, recording: recording, isBranch: false)
    }

    init(training: Bool, recording: Bool, isBranch: Bool) {
        self.training = training
        self.recording = recording
        self.isBranch = isBranch
    }

    /// A pass in evaluation mode that keeps nothing.
    package static var inference: Graph { Graph(training: false, recording: false) }

    /// A result that needs a gradient when this pass is recorded and an input needs one.
    package func output(
        _ shape: Shape, from first: Tensor?, _ second: Tensor? = nil, _ third: Tensor? = nil, _ fourth: Tensor? = nil,
        _ fifth: Tensor? = nil
    ) -> Tensor {
        let needs =
            first.requiresGradient || second.requiresGradient || third.requiresGradient || fourth.requiresGradient
            || fifth.requiresGradient
        return tensor(shape, requiresGradient: recording && needs)
    }

    /// A tensor of this pass, with uninitialised values.
    package func tensor(_ shape: Shape, requiresGradient: Bool = false) -> Tensor {
        // What is recorded holds its tensors until the way back, so there is nothing to collect on the way there.
        if tape.isEmpty { shelf.collect() }
        return shelf.tensor(shape, requiresGradient: requiresGradient)
    }

    package func zeros(_ shape: Shape) -> Tensor {
        let zeros = tensor(shape)
        zeros.data.update(repeating: 0, count: zeros.count)
        return zeros
    }

    /// Numbers of double precision that live as long as somebody holds them.
    package func doubles(_ count: Int) -> Doubles { Doubles(count: count, memory: tensor(Shape(2 * count))) }

    /// The same values under another shape; the gradient is the other's, or, with `ownGradient`, apart from it.
    func view(of other: Tensor, as shape: Shape, ownGradient: Bool = false) -> Tensor {
        shelf.view(
            of: other, as: shape, requiresGradient: recording && other.requiresGradient, ownGradient: ownGradient)
    }

    /// Adds an operation's backward pass, which reads the result's gradient and adds to the inputs' gradients.
    ///
    /// - Parameters:
    ///   - kept: what it needs of the forward pass, in a tuple.
    ///   - backward: captures nothing, so that recording takes nothing from the heap.
    package func record<Kept>(_ kept: Kept, _ backward: @escaping (_ kept: Kept, _ graph: Graph) -> Void) {
        tape.append(kept, backward)
    }

    /// Ends a branch's pass. Views are let go first, for they hold other graphs' tensors; weights, because another branch may
    /// come next.
    func end() {
        sharedTensors.removeAll(keepingCapacity: true)
        prepared.removeAll(keepingCapacity: true)
        shelf.collect()
    }

    /// Sends the gradient of a scalar back to everything it was computed from.
    package func backward(from loss: Tensor) {
        precondition(loss.count == 1, "backward: the loss has shape \(loss.shape), not one value")
        backward(from: loss, seed: [1])
    }

    /// Sends a given gradient of `output` back; steps are dropped as they run, so memory falls on the way.
    package func backward(from output: Tensor, seed: [Float]) {
        precondition(seed.count == output.count, "backward: \(seed.count) seeds for shape \(output.shape)")
        let gradient = output.gradient()
        for index in seed.indices { gradient[index] += seed[index] }
        replay()
    }

    /// Runs the tape from its end.
    func replay() {
        while tape.runLast(in: self) { shelf.collect() }
    }

    /// A weight as a kernel reads it: packed, or transformed for Winograd.
    ///
    /// A pass that records nothing keeps the form for its next use, so a sampler that runs a network many times through
    /// one such graph prepares each weight once; the weights must not change while that graph lives.
    func prepared(_ weight: Tensor, as form: WeightForm, make: () -> Scratch) -> Scratch {
        // A weight that was computed in this pass is a new tensor every time.
        guard !recording, !training, weight.requiresGradient else { return make() }
        let key = PreparedWeight(weight: ObjectIdentifier(weight), form: form)
        if let known = prepared[key] { return Scratch(lentBy: known.form) }
        let made = SharedScratch(make())
        prepared[key] = (weight, made)
        return Scratch(lentBy: made)
    }
}

extension Graph? {
    /// A tensor of the pass, or one by itself where there is no pass; with uninitialised values.
    package func tensor(_ shape: Shape) -> Tensor { self?.tensor(shape) ?? Tensor(shape) }
}

/// The forms in which kernels read weights, with the sizes that they depend on.
enum WeightForm: Hashable {
    /// Panels for products of so many pixels a row.
    case panels(Int)
    case rotatedPanels(Int)
    case transposedPanels
    /// Some rows of a matrix: the first and their number.
    case rows(Int, Int)
    case winograd
    case winogradForScatter
    /// For images of a height and width.
    case dense(Int, Int)
    case denseForScatter(Int, Int)
    case spectral(Int, Int)
    case spectralForScatter(Int, Int)
}

private struct PreparedWeight: Hashable {
    let weight: ObjectIdentifier
    let form: WeightForm
}
