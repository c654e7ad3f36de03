/// Starting values as PyTorch's defaults draw them, from one seed; the n-th parameter made has its own sequence.
package struct Initialiser: Sendable {
    /// The consumer's number in `RandomKey.use` ("INIT"); nobody else may draw from it.
    package static let randomUse: UInt32 = 0x494E_4954

    private let seed: UInt64
    private var made: UInt32 = 0

    package init(seed: UInt64) { self.seed = seed }

    /// Uniform on [-bound, bound); PyTorch's default bound is 1/√fan_in.
    package mutating func uniform(_ shape: Shape, bound: Float, layout: ParameterLayout) -> Parameter {
        let tensor = Tensor(shape, requiresGradient: true)
        nextKey().fillUniform(tensor.data, tensor.count)
        for index in 0..<tensor.count { tensor.data[index] = (2 * tensor.data[index] - 1) * bound }
        return Parameter(tensor, layout: layout)
    }

    package func zeros(_ shape: Shape, layout: ParameterLayout = .vector) -> Parameter {
        filled(shape, with: 0, layout: layout)
    }

    package func ones(_ shape: Shape, layout: ParameterLayout = .vector) -> Parameter {
        filled(shape, with: 1, layout: layout)
    }

    /// A direction drawn uniformly from the sphere in `count` dimensions, of length one.
    package mutating func direction(_ count: Int) -> Tensor {
        let tensor = Tensor([count])
        nextKey().fillNormal(tensor.data, count)
        let length = (0..<count).reduce(0.0) { $0 + Double(tensor.data[$1]) * Double(tensor.data[$1]) }.squareRoot()
        for index in 0..<count { tensor.data[index] = Float(Double(tensor.data[index]) / max(length, 1e-12)) }
        return tensor
    }

    private mutating func nextKey() -> RandomKey {
        defer { made += 1 }
        return RandomKey(seed: seed, use: Self.randomUse, step: made)
    }

    private func filled(_ shape: Shape, with value: Float, layout: ParameterLayout) -> Parameter {
        let tensor = Tensor(shape, requiresGradient: true)
        tensor.data.update(repeating: value, count: tensor.count)
        return Parameter(tensor, layout: layout)
    }
}
