import Neural
import Testing

@testable import Models

@Suite("TreeVAE configuration")
struct ConfigurationTests {
    static let grey = TreeVAEConfiguration(
        latentChannels: Array(repeating: 16, count: 7), bottomUpChannels: Array(repeating: 32, count: 7),
        representationSize: 2, imageSize: 28, imageChannels: 1, architecture: .convolutional)
    static let colour = GoldenTreeTests.cifar.configuration

    @Test("Settings survive their JSON")
    func json() throws {
        for configuration in [Self.grey, Self.colour] {
            #expect(try TreeVAEConfiguration(json: try configuration.json()) == configuration)
        }
    }

    @Test("Settings without the newer fields mean the older behaviour")
    func olderSettings() throws {
        let text = """
            {"activation": "mse", "act_function": "relu", "spectral_norm": false, "res_connections": true,
             "latent_channels": [8, 8], "bottom_up_channels": [12, 12], "representation_dim": 4, "inp_shape": 32,
             "inp_channels": 3, "encoder": "cnn2"}
            """
        let configuration = try TreeVAEConfiguration(json: text)
        #expect(!configuration.learnedResampling)
        #expect(!configuration.isContrastive)
        #expect(configuration.output == .linear)
    }

    @Test(
        "Sizes that cannot work are refused by name",
        arguments: [
            (#"\"representation_dim\":2"#, #"\"representation_dim\":28"#),
            (#"\"inp_shape\":28"#, #"\"inp_shape\":100000"#),
            (#"\"inp_channels\":1"#, #"\"inp_channels\":0"#), (#"\"dropout_router\":0"#, #"\"dropout_router\":1"#),
            (#"\"kl_start\":0"#, #"\"kl_start\":-1"#),
        ])
    func refusedSizes(change: (String, String)) throws {
        let plain = { (text: String) in text.filter { $0 != "\\" } }
        let text = try Self.grey.json()
        let broken = text.replacing(plain(change.0), with: plain(change.1))
        #expect(broken != text)
        let field = try #require(plain(change.1).split(separator: "\"").first).description
        let error = #expect(throws: TreeError.self) { try TreeVAEConfiguration(json: broken) }
        #expect(error?.description.contains(field) == true, "\(error?.description ?? "no error")")
    }

    @Test("An image that does not halve down to the representation is refused for residual networks")
    func unevenHalving() {
        var configuration = Self.colour
        configuration.imageSize = 48
        #expect(throws: TreeError.self) { try configuration.validate() }
    }

    @Test("Parameter counts are the published ones, as foreseen and as made")
    func parameterCounts() throws {
        var thesis = Self.colour
        thesis.latentChannels = Array(repeating: 16, count: 7)
        thesis.bottomUpChannels = Array(repeating: 64, count: 7)
        thesis.learnedResampling = false
        for (configuration, encoder) in [(Self.grey, 67_904), (Self.colour, 435_584), (thesis, 95_269)] {
            let tree = try TreeVAE(configuration, seed: 1)
            #expect(tree.encoder.state.parameterCount == encoder)
            #expect(configuration.parameterCount(tree.topology) == tree.state.parameterCount)
        }
        #expect(Self.grey.parameterCount(.initial) == 396_118)
        for leaves in [2, 3, 4, 7, 10, 64, 1000] {
            for configuration in [Self.grey, Self.colour] {
                let whole = TreeTopology.balanced(leaves: leaves, maximumDepth: configuration.maximumDepth)
                #expect(
                    configuration.parameterCount(leaves: leaves) == configuration.parameterCount(whole), "\(leaves)")
            }
        }
        let ten = TreeTopology.balanced(leaves: 10)
        #expect(ten.leaves.count == 10)
        #expect(Self.grey.parameterCount(ten) == 1_017_206)
        #expect(Self.colour.parameterCount(ten) == 14_258_590)
    }

    @Test("Kernels of cnn1 follow from the interpolated sizes")
    func kernels() {
        let encoder = StridedSteps(size: (28, 2), channels: (1, 32)).steps
        #expect(encoder.map(\.kernel) == [12, 12, 7])
        #expect(encoder.map(\.stride) == [1, 1, 5])
        #expect(encoder.map(\.outputs) == [11, 21, 32])
        let decoder = StridedSteps(size: (2, 28), channels: (16, 1)).steps
        #expect(decoder.map(\.kernel) == [7, 12, 12])
        #expect(decoder.map(\.outputs) == [11, 6, 1])
    }
}

extension TreeTopology {
    /// The most even tree of this many leaves.
    static func balanced(leaves: Int) -> TreeTopology {
        var nodes: [Node] = []
        var depths = [0]
        var parents: [Int?] = [nil]
        let total = 2 * leaves - 1
        for index in 0..<total {
            let isSplit = 2 * index + 2 < total
            nodes.append(
                Node(
                    index: index, parent: parents[index], left: isSplit ? 2 * index + 1 : nil,
                    right: isSplit ? 2 * index + 2 : nil, kind: isSplit ? .split : .leaf, depth: depths[index]))
            if isSplit {
                depths += [depths[index] + 1, depths[index] + 1]
                parents += [index, index]
            }
        }
        return TreeTopology(trusted: nodes)
    }
}
