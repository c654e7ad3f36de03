/// What can be chosen about a socket. The defaults are the recommended ones; README.md gives the reasons.
package struct SocketOptions: Sendable {
    /// Bounds on one incoming message. libzmq knows only a limit a frame, the rest is counted while reading.
    package struct Limits: Sendable {
        /// Frames of a message, the routing id not counted.
        package var frames: Int
        /// Bytes of a frame. Over TCP and IPC a larger one costs the sender its connection.
        package var frameBytes: Int
        /// Bytes of all frames together.
        package var messageBytes: Int

        package init(frames: Int = 8, frameBytes: Int = (1 << 20) + (64 << 10), messageBytes: Int = 4 << 20) {
            precondition(frames > 0 && frameBytes > 0 && messageBytes > 0, "limits of a message must be positive")
            self.frames = frames
            self.frameBytes = frameBytes
            self.messageBytes = messageBytes
        }
    }

    /// Liveness of a connection by ZMTP pings, answered by the peer's I/O thread: proves a link, not a live program.
    package struct Heartbeat: Sendable {
        package var interval: Duration
        /// Silence after which this side drops the connection.
        package var timeout: Duration
        /// Silence after which the other side may drop it; under 65.5 s, beyond that libzmq 4.3.4 wraps around.
        package var timeToLive: Duration

        package init(
            interval: Duration = .seconds(5), timeout: Duration = .seconds(15), timeToLive: Duration = .seconds(20)
        ) {
            precondition(timeToLive < .milliseconds(65_500), "a heartbeat's time to live must be under 65.5 s")
            self.interval = interval
            self.timeout = timeout
            self.timeToLive = timeToLive
        }
    }

    package var limits = Limits()
    package var heartbeat = Heartbeat()
    /// Messages, not bytes, queued to one peer before it counts as full.
    package var sendHighWater: Int32 = 1000
    /// Messages queued from one peer before its connection is no longer read.
    package var receiveHighWater: Int32 = 1000
    /// How long a new connection may take to say who it is.
    package var handshake = Duration.seconds(5)
    /// Dealers: the first pause before connecting again, and the longest; it doubles in between.
    package var reconnect: ClosedRange<Duration> = .milliseconds(100)...(.seconds(10))
    /// Routers: connections waiting to be accepted.
    package var backlog: Int32 = 1024

    package init() {}
}
