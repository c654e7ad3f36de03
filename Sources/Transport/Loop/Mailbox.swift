import Synchronization

/// Work handed to the thread that owns the sockets: first in, first out, from any number of threads. Several mailboxes
/// may share one `Wakeup`; after a wake-up the owner drains them all.
///
/// Unbounded: whoever posts what a peer caused must bound it.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeup: Wakeup

    package init(wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    /// Appends a message and wakes the owner. For any thread.
    /// - Returns: `false` if the mailbox is closed; the message was not taken and nobody will see it.
    @discardableResult
    package func post(_ message: Message) -> Bool {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.messages.append(message)
            return true
        }
        // Outside the lock, after the message is in: the owner clears the wake-up before it drains.
        if isTaken { wakeup.signal() }
        return isTaken
    }

    /// Everything posted so far, in order. For the owner.
    package func drain() -> [Message] {
        state.withLock { state in
            var messages: [Message] = []
            swap(&messages, &state.messages)
            return messages
        }
    }

    /// Refuses all later messages. For the owner on stopping.
    /// - Returns: what was not yet drained, so that no poster is left without an answer.
    package func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            var messages: [Message] = []
            swap(&messages, &state.messages)
            return messages
        }
    }
}
