import Wire

extension Grove_V1_Progress {
    /// Without what would make it too large: it is kept in memory and sent to every watcher. A heartbeat is not refused for
    /// it, since the leases of other attempts would end with it.
    var bounded: Grove_V1_Progress {
        var progress = self
        progress.stage = stage.printable(toBytes: Limits.nameBytes)
        if lossCurve.values.count > Limits.curvePoints { progress.clearLossCurve() }
        if !metrics.keys.allSatisfy({ $0.utf8.count <= Limits.nameBytes && $0.isSafeName })
            || encode(progress).count > Limits.progressBytes
        {
            progress.metrics = [:]
        }
        return progress
    }
}
