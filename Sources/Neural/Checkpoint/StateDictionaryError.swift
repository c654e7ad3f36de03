/// Why a file's tensors are not those of a network. The network is left as it was.
package enum StateDictionaryError: Error, Equatable, CustomStringConvertible {
    case missing(String)
    case unexpected(String, others: Int)
    case wrongShape(name: String, found: [Int], expected: [Int])
    case wrongType(name: String, found: TensorType, expected: String)
    case wrongCount(name: String, found: Int64)

    package var description: String {
        switch self {
        case .missing(let name):
            "The file has no tensor \(quoted(name)), which this network needs; check that the model's settings match."
        case .unexpected(let name, let others):
            "The file has a tensor \(quoted(name))" + (others > 0 ? " (and \(others) more)" : "")
                + " that this network does not have; check that the model's settings match."
        case .wrongShape(let name, let found, let expected):
            "Tensor \(quoted(name)) has shape \(found) where this network has \(expected); "
                + "check that the model's settings match."
        case .wrongType(let name, let found, let expected):
            "Tensor \(quoted(name)) has type \(found.rawValue) where \(expected) is wanted; convert it."
        case .wrongCount(let name, let found):
            "Tensor \(quoted(name)) counts \(found) steps, which no training has done; write the file again."
        }
    }
}
