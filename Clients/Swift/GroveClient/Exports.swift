// The messages of the contract are the client's value types: one definition, the same in every language. Whoever imports
// GroveClient sees them without naming the module that they come from.
import Calls
@_exported import Wire

public typealias JobSpec = Grove_V1_JobSpec
public typealias Job = Grove_V1_Job
public typealias JobState = Grove_V1_JobState
public typealias JobProgress = Grove_V1_Progress
public typealias LogLine = Grove_V1_LogLine
public typealias FileRef = Grove_V1_FileRef
public typealias Artifact = Grove_V1_Artifact
public typealias ArtifactRef = Grove_V1_ArtifactRef
public typealias ArtifactKind = Grove_V1_ArtifactKind
public typealias WorkerInfo = Grove_V1_WorkerInfo
public typealias FileError = Calls.FileError
public typealias Health = Grove_V1_HealthCheckResponse
public typealias BackupResponse = Grove_V1_BackupResponse
