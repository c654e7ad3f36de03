/// Parameters cut into pieces of bounded size, so that a step spreads evenly over cores.
///
/// The cut depends on the shapes alone, so sums made per piece never depend on the number of cores.
enum ParameterChunks {
    /// A run of values of one parameter, by the parameter's index.
    struct Chunk {
        let parameter: Int
        let offset: Int
        let count: Int
    }

    static let size = 16_384

    static func cut(_ parameters: [Parameter]) -> [Chunk] {
        parameters.enumerated().flatMap { index, parameter in
            stride(from: 0, to: parameter.value.count, by: size).map {
                Chunk(parameter: index, offset: $0, count: min(size, parameter.value.count - $0))
            }
        }
    }
}
