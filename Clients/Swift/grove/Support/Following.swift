import GroveClient

/// Follows a job up to its end, showing how far it is.
struct Following: Sendable {
    let client: Client
    /// Also prints each state of the job as JSON.
    var printsUpdates = false

    func end(of id: String) async throws -> Job {
        let clock = ContinuousClock()
        let start = clock.now
        let screen = Screen.shared
        var follower = Follower(isTerminal: screen.isTerminal)
        var last: Job?
        for try await job in client.watch(id) {
            last = job
            if printsUpdates { try screen.result(JSONText.line(job)) }
            let now = start.duration(to: clock.now)
            switch follower.show(job, width: screen.width, height: screen.height, now: now) {
            case .redraw(let lines): screen.draw(lines)
            case .line(let line): screen.note(line)
            case nil: break
            }
        }
        screen.clear()
        guard let last else {
            throw RPCError(.internal, "the broker told nothing of job \(id); use programs of the same release")
        }
        return last
    }

    static func farewell(_ id: String) {
        Screen.shared.note(
            "job \(id) goes on; follow it again with 'grove watch \(id)', stop it with 'grove cancel \(id)'")
    }
}
