/// The names of all methods, as they stand in `RequestHead.method`.
package enum Method {
    package static let jobsSubmit = "grove.v1.Jobs/Submit"
    package static let jobsSubmitChain = "grove.v1.Jobs/SubmitChain"
    package static let jobsGet = "grove.v1.Jobs/Get"
    package static let jobsList = "grove.v1.Jobs/List"
    package static let jobsCancel = "grove.v1.Jobs/Cancel"
    package static let jobsRetry = "grove.v1.Jobs/Retry"
    package static let jobsWatch = "grove.v1.Jobs/Watch"
    package static let jobsLogs = "grove.v1.Jobs/Logs"
    package static let artifactsList = "grove.v1.Artifacts/List"
    package static let artifactsGet = "grove.v1.Artifacts/Get"
    package static let blobsStat = "grove.v1.Blobs/Stat"
    package static let blobsPut = "grove.v1.Blobs/Put"
    package static let blobsRead = "grove.v1.Blobs/Read"
    package static let workTake = "grove.v1.Work/Take"
    package static let workHeartbeat = "grove.v1.Work/Heartbeat"
    package static let workLog = "grove.v1.Work/Log"
    package static let workCheckpoint = "grove.v1.Work/Checkpoint"
    package static let workComplete = "grove.v1.Work/Complete"
    package static let workersList = "grove.v1.Workers/List"
    package static let queueSet = "grove.v1.Queue/Set"
    package static let queueGet = "grove.v1.Queue/Get"
    package static let healthCheck = "grove.v1.Health/Check"
    package static let adminBackup = "grove.v1.Admin/Backup"

    package static let all = [
        jobsSubmit, jobsSubmitChain, jobsGet, jobsList, jobsCancel, jobsRetry, jobsWatch, jobsLogs, artifactsList,
        artifactsGet, blobsStat, blobsPut, blobsRead, workTake, workHeartbeat, workLog, workCheckpoint, workComplete,
        workersList, queueSet, queueGet, healthCheck, adminBackup,
    ]
}
