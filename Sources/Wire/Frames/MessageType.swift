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
