#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A broker on the same folder, such as one whose `grove up` was killed a moment ago: it ends when its workers have saved what
/// they ran, and they end before it.
struct EarlierRun {
    /// The file that a broker holds locked for as long as it lives.
    private let lock: String

    static let patience = Duration.seconds(15)

    init(broker folder: String) { lock = folder + "/lock" }

    /// Whether the broker lives.
    var isAlive: Bool {
        let descriptor = open(lock, O_RDONLY | O_CLOEXEC)
        // Where there is no file, or none that may be read, the new broker says what is wrong.
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Waits until it has ended, for a while: one that goes on is named by the new broker, which then does not start.
    /// - Parameter isWanted: whether to go on waiting.
    func waitUntilEnded(while isWanted: () -> Bool, saying say: (String) -> Void) async throws {
        guard isAlive else { return }
        say("another broker uses the folder; waiting up to \(Self.patience.components.seconds) s for it to end")
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while isAlive && isWanted() && clock.now < deadline { try await Task.sleep(for: .milliseconds(100)) }
    }
}
