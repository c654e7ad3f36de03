/// All targets, in the order of their turns.
enum Targets {
    static var all: [any FuzzTarget.Type] {
        [
        BrokerTarget.self, FramesTarget.self, EngineTarget.self, ScreenTarget.self, TextsTarget.self,
        SafetensorsTarget.self, DatasetTarget.self, GzipTarget.self, PNGTarget.self, ModelsTarget.self,
        CheckpointTarget.self, OutboxTarget.self,
        ]
    }
}
