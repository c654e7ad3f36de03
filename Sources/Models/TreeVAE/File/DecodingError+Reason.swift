extension DecodingError {
    /// What is wrong with a file's JSON text, without the decoder's own words.
    var reason: String {
        func place(_ context: Context) -> String {
            context.codingPath.isEmpty ? "it" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch self {
        case .keyNotFound(let key, let context): "\(place(context)) has no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context)) has the wrong type"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not JSON" : "\(place(context)) is not valid"
        @unknown default: "it is not valid"
        }
    }
}
