/// The element types that are read and written, by their names in a safetensors header.
package enum TensorType: String, CaseIterable, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    /// Only read into float32, which holds each of its values.
    case float16 = "F16"
    case int64 = "I64"
    case int32 = "I32"
    case uint8 = "U8"

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16: 2
        case .uint8: 1
        }
    }

    var isFloat: Bool {
        switch self {
        case .float16, .float32, .float64: true
        case .int64, .int32, .uint8: false
        }
    }

    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
