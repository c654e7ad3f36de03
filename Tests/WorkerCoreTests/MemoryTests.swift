import ModelSettings
import Models
import Testing
import Wire

@testable import WorkerCore

struct MemoryTests {
    /// What is said without making anything is less than what is then measured.
    @Test func theLeastIsLess() throws {
        var trees = [1, 3].map { TreeTrainingSettings.preset(.tiny, imageSize: 32, imageChannels: $0) }
        trees[0].batchSize = 2
        for settings in trees {
            let least = settings.leastMemory(datasetBytes: 1 << 20)
            #expect(try least.total < settings.memoryForecast(datasetBytes: 1 << 20).total)
        }
        var model = DiffusionTrainingSettings.preset(.tiny, imageSize: 32, imageChannels: 1)
        model.batchSize = 1
        let least = model.leastMemory(leafCount: 3, datasetBytes: 1 << 20)
        #expect(try least.total < model.memoryForecast(leafCount: 3, datasetBytes: 1 << 20).total)
    }

    /// Settings that submit accepts and no machine has the memory for: said by arithmetic, nothing is made.
    @Test func theLargestSettingsAreRefusedBeforeAnythingIsMade() throws {
        let large = TrainingImages(height: 512, width: 512, channels: 3, count: nil)
        let attention = try SettingsText.diffusion(["attention_sizes=512", "heads=256", "model_channels=256"])
            .training(on: large, seed: 1)
        let wide = try SettingsText.tree(["latent_channels=1024", "leaves=6", "preset=paper"])
            .training(on: large, seed: 1)
        for least in [
            attention.leastMemory(leafCount: 1, datasetBytes: 0), wide.leastMemory(datasetBytes: 0),
        ] {
            #expect(throws: JobError.self) { try FreeMemory.require(least.total, free: 2 << 30) }
        }
    }

    @Test func readsWhatIsFree() {
        let text = "MemTotal:       24684000 kB\nMemFree:        1000 kB\nMemAvailable:   2048 kB\n"
        #expect(FreeMemory.available(in: text) == 2048 << 10)
        #expect(FreeMemory.available(in: "MemTotal: 1 kB\n") == nil)
    }

    @Test func aRunThatCannotFitIsRefusedWithTheNumber() throws {
        let settings = TreeTrainingSettings.preset(.tiny, imageSize: 28, imageChannels: 1)
        let forecast = try settings.memoryForecast(datasetBytes: 100 << 20)
        try FreeMemory.require(forecast.total, free: forecast.total)
        try FreeMemory.require(forecast.total, free: nil)
        let error = try #require(throws: JobError.self) {
            try FreeMemory.require(forecast.total, free: forecast.total - 1)
        }
        #expect(error.code == .resourceExhausted)
        #expect(error.description.contains("\(forecast.total >> 20) MiB"))
    }
}
