import BrokerCore
import SwiftProtobuf
import Transport
import Wire

/// A client and a worker that behave, after others who did not: they must be served as if nothing had been.
struct BrokerVisit {
    private let stage: BrokerStage
    private let peers: (client: UInt8, worker: UInt8) = (250, 251)

    init(_ stage: BrokerStage) { self.stage = stage }

    func make() throws {
        // A clock that can be believed, and a second for the ERROR that a peer may have once in one.
        try stage.pass(2000, wall: BrokerStage.start.wallMS - stage.now.wallMS)
        try greet(peers.client, BrokerSeeds.hello(.client, "visitor"))
        var hello = BrokerSeeds.hello(.worker, "visitor")
        (hello.worker.name, hello.worker.incarnation) = ("visitor", .init([1, 2, 3, 4, 5, 6, 7, 8]))
        try greet(peers.worker, hello)
        var gate = Grove_V1_SetGateRequest()
        gate.gate = .open
        let _: Grove_V1_QueueStatus = try call(peers.client, Method.queueSet, gate)
        let health: Grove_V1_HealthCheckResponse = try call(
            peers.client, Method.healthCheck, Grove_V1_HealthCheckRequest())
        try Violation.expect(health.serving, "the broker says that it does not serve")
        let job = try work()
        try stage.restart()
        try greet(peers.client, BrokerSeeds.hello(.client, "visitor"))
        try look(job)
    }

    private func greet(_ peer: UInt8, _ hello: Grove_V1_Hello) throws {
        let answers = try stage.send(WireMessage(.hello, envelope: encode(hello)), from: peer)
        try Violation.expect(
            answers.contains { $0.peer == BrokerStage.peer(peer) && $0.message.type == .welcome },
            "HELLO was not answered")
    }

    /// A submission, and the lists.
    private func work() throws -> String {
        let content: [UInt8] = [7, 7, 7]
        var put = Grove_V1_PutBlobRequest()
        (put.sha256, put.size) = (SHA256.hexDigest(of: content), UInt64(content.count))
        let status: Grove_V1_BlobStatus = try call(peers.client, Method.blobsPut, put, bulk: content)
        try Violation.expect(status.complete, "an upload is not complete")
        var submit = Grove_V1_SubmitRequest()
        submit.spec.importDataset.name = "visited"
        submit.spec.importDataset.files = [BrokerSeeds.file(content, "file")]
        let response: Grove_V1_SubmitResponse = try call(peers.client, Method.jobsSubmit, submit)
        return response.jobID
    }

    private func look(_ job: String) throws {
        var get = Grove_V1_GetJobRequest()
        get.jobID = job
        let found: Grove_V1_Job = try call(peers.client, Method.jobsGet, get)
        try Violation.expect(found.id == job, "an acknowledged job is not there any more")
        var list = Grove_V1_ListJobsRequest()
        list.limit = 1000
        let jobs: Grove_V1_ListJobsResponse = try call(peers.client, Method.jobsList, list)
        try Violation.expect(!jobs.jobs.isEmpty, "there are no jobs although one was submitted")
        for job in stage.jobs {
            get.jobID = job
            let _: Grove_V1_Job = try call(peers.client, Method.jobsGet, get)
        }
        let _: Grove_V1_ListArtifactsResponse = try call(
            peers.client, Method.artifactsList, Grove_V1_ListArtifactsRequest())
        let _: Grove_V1_ListWorkersResponse = try call(peers.client, Method.workersList, Grove_V1_ListWorkersRequest())
    }

    private func call<Response: Message>(
        _ peer: UInt8, _ method: String, _ request: some Message, bulk: [UInt8] = []
    ) throws -> Response {
        var head = Grove_V1_RequestHead()
        head.method = method
        let message = WireMessage(
            .request, callID: .random(), envelope: encode(head), payload: encode(request), bulk: bulk)
        let answers = try stage.send(message, from: peer).filter { $0.message.callID == message.callID }
        guard answers.count == 1, let end = answers.first?.message else {
            throw Violation("\(method) had \(answers.count) answers")
        }
        let status = try decode(Grove_V1_Status.self, from: end.envelope, what: "a status")
        if let error = RPCError(status) { throw Violation("\(method) was refused: \(error)") }
        return try decode(Response.self, from: end.payload, what: "a response")
    }
}
