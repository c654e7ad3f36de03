import Neural
import Testing

@testable import Models

/// Pixels do not depend on company: one image's bits are the same alone, in any batch, at any place in it, on one core or
/// two, and in another process. The networks are large enough for every way in which convolutions are computed.
///
/// Serialised: it sets the thread count.
@Suite(.serialized) struct CompanyTests {
    private static func network() throws -> UNet {
        let network = try UNet(
            UNetConfiguration(
                imageChannels: 1, imageSize: 16, modelChannels: 32, channelMultipliers: [1, 2], residualBlocks: 1,
                attentionDownsample: [2], attentionHeads: 4, groups: 8), seed: 1)
        network.state.randomise()
        return network
    }

    /// What the network makes of images that are known by their numbers, one after another.
    private static func predictions(_ network: UNet, _ images: [UInt32]) -> [[Float]] {
        let shape = Shape(images.count, 16, 16, 1)
        func draw(_ use: UInt32) -> Tensor {
            Tensor(shape, images.flatMap { RandomKey(seed: 2, use: use, image: $0).normals(256) })
        }
        let result = network(
            draw(1), steps: images.map { Int($0) * 31 }, reconstruction: draw(2),
            signal: network.signal(images.map { Int($0) % 3 }), in: .inference)
        return rows(result)
    }

    private static func rows(_ tensor: Tensor) -> [[Float]] {
        let size = tensor.count / tensor.shape[0]
        return (0..<tensor.shape[0]).map { Array(tensor.values[$0 * size..<($0 + 1) * size]) }
    }

    /// Company of every size up to 32, in an order of its own each time.
    private static let companies: [[UInt32]] = (2...32).map { count in
        (0..<count).map { UInt32(($0 * 5 + count) % 32) }
    }

    @Test(arguments: [1, 2])
    func refinedImages(threads: Int) throws {
        let usual = Parallel.threads
        defer { Parallel.threads = usual }
        let network = try Self.network()
        Parallel.threads = 1
        let alone = (0..<32).map { Self.predictions(network, [$0])[0] }
        #expect(Set(alone).count == 32)
        Parallel.threads = threads
        for company in Self.companies {
            let together = Self.predictions(network, company)
            for (place, image) in company.enumerated() {
                #expect(together[place] == alone[Int(image)], "image \(image) at place \(place) of \(company.count)")
            }
        }
    }

    /// The tree for digits: 12x12 kernels, transposed convolutions, dense 2x2 layers.
    @Test(arguments: [1, 2])
    func imagesOfTheTree(threads: Int) throws {
        let usual = Parallel.threads
        defer { Parallel.threads = usual }
        let configuration = TreeTrainingSettings.preset(.small, imageSize: 28, imageChannels: 1).tree
        let tree = try TreeVAE(configuration, seed: 3)
        func reconstruct(_ images: [UInt32]) -> [[Float]] {
            let pixels = images.flatMap { RandomKey(seed: 4, use: 1, image: $0).uniforms(784) }
            let noise = KeyedNoise(seed: 5, step: 0, images: images)
            return Self.rows(
                tree.reconstruct(
                    Tensor([images.count, 28, 28, 1], pixels), leaf: images.map { Int($0) % 2 }, noise: noise))
        }
        Parallel.threads = 1
        let alone = (0..<32).map { reconstruct([$0])[0] }
        #expect(Set(alone).count == 32)
        Parallel.threads = threads
        for company in Self.companies {
            for (place, values) in reconstruct(company).enumerated() {
                #expect(values == alone[Int(company[place])], "image at place \(place) of \(company.count)")
            }
        }
    }

    /// A number that changes with any bit of some predictions.
    private static func digest() throws -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
        for value in predictions(try network(), [3, 1, 4, 15]).joined() {
            digest = (digest ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3
        }
        return digest
    }

    @Test func anotherProcess() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            Parallel.threads = 1
            print("digest \(try Self.digest()).")
        }
        let printed = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(printed.contains("digest \(try Self.digest())."))
    }
}
