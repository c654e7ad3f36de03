import Models
import Testing
import Wire

@testable import WorkerCore

struct MemoryTests {
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
