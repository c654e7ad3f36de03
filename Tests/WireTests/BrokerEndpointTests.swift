import Testing
import Wire

@Suite struct BrokerEndpointTests {
    @Test func theCommandLineGoesFirstThenTheEnvironment() {
        let there = ["GROVE_BROKER": "tcp://there:1"]
        #expect(BrokerEndpoint.chosen(option: "tcp://here:2", environment: there) == "tcp://here:2")
        #expect(BrokerEndpoint.chosen(option: nil, environment: there) == "tcp://there:1")
        #expect(BrokerEndpoint.chosen(option: nil, environment: ["GROVE_BROKER": ""]) == "tcp://127.0.0.1:7741")
        #expect(BrokerEndpoint.chosen(option: nil, environment: [:]) == "tcp://127.0.0.1:7741")
    }
}
