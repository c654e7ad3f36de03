/// What is wrong with the bytes of a safetensors file, or with a question put to it.
package enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    case truncated(needed: Int, found: Int)
    case headerTooLong(UInt64)
    case malformedHeader(expected: String, offset: Int)
    case duplicateName(String)
    case tooManyTensors(limit: Int)
    case unsupportedType(name: String, type: String)
    case tooManyAxes(name: String, count: Int)
    case sizeMismatch(name: String, shape: [Int], type: TensorType, bytes: Int)
    case outsideFile(name: String, end: Int, available: Int)
    case notContiguous(name: String, begin: Int, expected: Int)
    case unclaimedBytes(Int)
    case missing(String)
    case wrongType(name: String, found: TensorType, wanted: String)

    package var description: String {
        switch self {
        case .truncated(let needed, let found):
            "The safetensors file ends after \(found) bytes but needs \(needed); copy or download it again."
        case .headerTooLong(let length):
            "The safetensors header claims \(length) bytes; at most \(Safetensors.headerLimit) are read, "
                + "so this is not a safetensors file or it is damaged."
        case .malformedHeader(let expected, let offset):
            "The safetensors header is damaged at byte \(offset): expected \(expected)."
        case .duplicateName(let name):
            "The safetensors header names \(quoted(name)) twice; each name may occur once."
        case .tooManyTensors(let limit):
            "The safetensors file names more than \(limit) tensors, the most that are read."
        case .unsupportedType(let name, let type):
            "Tensor \(quoted(name)) has type \(quoted(type)); convert it to one of \(TensorType.list)."
        case .tooManyAxes(let name, let count):
            "Tensor \(quoted(name)) has more than \(count) axes, the most that are read."
        case .sizeMismatch(let name, let shape, let type, let bytes):
            "Tensor \(quoted(name)) of type \(type.rawValue) and shape \(shape) does not fill the \(bytes) bytes "
                + "that its offsets claim."
        case .outsideFile(let name, let end, let available):
            "Tensor \(quoted(name)) ends at data byte \(end) but the file holds \(available); copy or download it again."
        case .notContiguous(let name, let begin, let expected):
            "Tensor \(quoted(name)) begins at data byte \(begin), not at \(expected): tensors may neither overlap nor "
                + "leave holes."
        case .unclaimedBytes(let count):
            "The safetensors file ends with \(count) bytes that belong to no tensor; remove them or write the file again."
        case .missing(let name):
            "The file has no tensor named \(quoted(name))."
        case .wrongType(let name, let found, let wanted):
            "Tensor \(quoted(name)) has type \(found.rawValue) where \(wanted) is wanted."
        }
    }
}
