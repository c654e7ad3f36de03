/// What a message is; the first byte of its header.
package enum MessageType: UInt8, CaseIterable, Sendable {
    case hello = 1
    case welcome = 2
    case request = 3
    case data = 4
    case end = 5
    case cancel = 6
    case credit = 7
    case ping = 8
    case pong = 9
    case goAway = 10
    case error = 11
}

extension MessageType {
    /// Whether it concerns one call, and so has that call's id; the others have zeros.
    var concernsCall: Bool {
        switch self {
        case .request, .data, .end, .cancel, .credit: true
        case .hello, .welcome, .ping, .pong, .goAway, .error: false
        }
    }

    /// Whether the envelope frame says something.
    var hasEnvelope: Bool {
        switch self {
        case .hello, .welcome, .request, .data, .end, .credit, .goAway, .error: true
        case .cancel, .ping, .pong: false
        }
    }

    /// Whether the payload frame may hold a message of a method.
    var hasPayload: Bool {
        switch self {
        case .request, .data, .end: true
        case .hello, .welcome, .cancel, .credit, .ping, .pong, .goAway, .error: false
        }
    }

    /// Whether there may be a piece of a blob: in a request of Blobs/Put, in an answer of Blobs/Read.
    var hasBulk: Bool {
        switch self {
        case .request, .end: true
        case .hello, .welcome, .data, .cancel, .credit, .ping, .pong, .goAway, .error: false
        }
    }
}
