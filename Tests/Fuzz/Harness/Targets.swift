/// All targets, in the order of their turns.
enum Targets {
    static var all: [any FuzzTarget.Type] {
        [
            BrokerTarget.self, FramesTarget.self, EngineTarget.self, ScreenTarget.self, TextsTarget.self,
            ChainTarget.self,
            SafetensorsTarget.self, DatasetTarget.self, GzipTarget.self, PNGTarget.self, ModelsTarget.self,
            CheckpointTarget.self, OutboxTarget.self,
        ]
    }

    /// - Returns: `nil` when there is none of the name.
    static func named(_ name: String) -> (any FuzzTarget.Type)? {
        (all + [SelfTestTarget.self]).first { $0.name == name }
    }
}
