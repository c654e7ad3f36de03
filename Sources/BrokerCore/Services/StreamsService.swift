import JobStore
import Wire

/// Jobs/Watch and Jobs/Logs: what to send to a stream that may be sent something.
struct StreamsService {
    let context: ServiceContext

    func watch(_ request: Grove_V1_WatchJobRequest, _ caller: Caller, _ state: inout BrokerState) throws {
        let job = try JobsService(context: context).existing(request.jobID)
        try state.streams.open(Stream(key: caller.key, jobID: job.id, kind: .watch, deadline: caller.deadline))
    }

    func logs(_ request: Grove_V1_LogsRequest, _ caller: Caller, _ state: inout BrokerState) throws {
        let job = try JobsService(context: context).existing(request.jobID)
        guard let from = Int(exactly: request.from) else {
            throw RPCError(.outOfRange, "there is no line \(request.from); lines are numbered from 0")
        }
        try state.streams.open(
            Stream(
                key: caller.key, jobID: job.id, kind: .log(next: from, follow: request.follow),
                deadline: caller.deadline))
    }

    /// The messages for one stream, as far as its credit goes; it is closed after its END.
    func publish(_ stream: Stream, _ state: inout BrokerState) throws -> [Outgoing] {
        var stream = stream
        guard let job = try context.batch.job(stream.jobID) else {
            _ = state.streams.remove(stream.key)
            return [end(stream, RPCError(.notFound, "the job \(stream.jobID) is not kept any more"))]
        }
        let messages: [Outgoing]
        let isOver: Bool
        switch stream.kind {
        case .watch:
            var event = Grove_V1_JobEvent()
            event.job = try JobView(context: context).message(job, state)
            messages = [data(&stream, encode(event))]
            stream.isDirty = false
            isOver = job.state.isTerminal
        case .log(let next, let follow):
            (messages, isOver) = try lines(&stream, job, from: next, follow: follow)
        }
        guard isOver else {
            state.streams.update(stream)
            return messages
        }
        _ = state.streams.remove(stream.key)
        return messages + [end(stream, nil)]
    }

    private func lines(
        _ stream: inout Stream, _ job: JobRecord, from next: Int, follow: Bool
    ) throws -> ([Outgoing], isOver: Bool) {
        let limit = min(stream.credit, Limits.streamCredit)
        let lines = try context.batch.log(job.id, from: next, limit: limit)
        var messages: [Outgoing] = []
        for record in lines {
            var line = Grove_V1_LogLine()
            line.number = UInt64(clamping: record.number)
            line.timeMs = record.timeMS
            line.text = record.text
            messages.append(data(&stream, encode(line)))
        }
        if let last = lines.last { stream.kind = .log(next: last.number + 1, follow: follow) }
        let isAtEnd = lines.count < limit
        stream.isDirty = !isAtEnd
        return (messages, isAtEnd && (!follow || job.state.isTerminal))
    }

    private func data(_ stream: inout Stream, _ payload: [UInt8]) -> Outgoing {
        let sequence = stream.send(bytes: payload.count)
        return Outgoing(
            stream.key.peer, WireMessage(.data, callID: stream.key.callID, sequence: sequence, payload: payload))
    }

    func end(_ stream: Stream, _ error: RPCError?) -> Outgoing {
        Outgoing(
            stream.key.peer,
            WireMessage(.end, callID: stream.key.callID, envelope: encode(error?.status ?? Grove_V1_Status())))
    }
}
