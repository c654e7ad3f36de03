// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 language mode comes with the tools version; our own targets also fail on any warning.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    // Tests look inside modules; with the flag in every build, `make test` and `make build` share one.
    .unsafeFlags(["-enable-testing"]),
]

/// Kernels stay optimised in debug builds too: unoptimised loops are 30 to 250 times slower.
let optimised: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

/// With GROVE_COVERAGE in the environment the libraries count their branches, for `make fuzz`.
let coverage: [SwiftSetting] =
    Context.environment["GROVE_COVERAGE"] == nil
    ? [] : [.unsafeFlags(["-sanitize=fuzzer", "-sanitize-coverage=edge"])]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

func library(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, pages: [String] = ["README.md"],
    settings: [SwiftSetting] = strict
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", exclude: pages,
        swiftSettings: settings + coverage)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "grove",
    products: [
        .executable(name: "grove", targets: ["grove"]),
        .executable(name: "grove-broker", targets: ["grove-broker"]),
        .executable(name: "grove-worker", targets: ["grove-worker"]),
        .library(name: "GroveClient", targets: ["GroveClient"]),
        // For `make chaos`, which puts it before the broker's calls of libc.
        .library(name: "FaultyDisk", type: .dynamic, targets: ["FaultyDisk"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        // traits: [] keeps full Foundation, and with it ICU, out of the client.
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // C headers made visible. CZeroMQ has no pkgConfig: libzmq's adds a flag that SwiftPM refuses.
        .systemLibrary(name: "CZeroMQ", path: "Sources/CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(
            name: "COpenBLAS", path: "Sources/COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CKernels", path: "Sources/CKernels",
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=on"])]),

        .target(
            name: "ShippedModels", path: "Sources/ShippedModels", exclude: ["README.md"],
            resources: [.copy("Models")]),

        // Numbers.
        library("Neural", ["CKernels", "COpenBLAS"], pages: ["README.md", "ENGINE.md"], settings: optimised),
        library("ModelSettings", []),
        library("Models", ["Neural", "ModelSettings"], settings: optimised),
        library("Imaging", ["CPNG"]),

        // Messages.
        library("Wire", ["ModelSettings", protobuf]),
        library("Transport", ["CZeroMQ"]),
        library("Calls", ["Wire", "Transport", protobuf]),
        library("JobStore", [grdb, sqlite]),

        // The three users and their shells.
        library("ProgramSupport", ["Transport", unixSignals]),
        library("BrokerCore", ["ModelSettings", "Wire", "Transport", "JobStore", logging, protobuf]),
        library("WorkerCore", ["Wire", "Calls", "Transport", "Models", "Neural", "Imaging", "CZlib", logging]),
        library(
            "GroveClient", ["ProgramSupport", "Wire", "Calls", "Transport", protobuf], path: "Clients/Swift/GroveClient"
        ),
        program("grove-broker", ["BrokerCore", "ProgramSupport", "Wire", argumentParser, logging]),
        program("grove-worker", ["WorkerCore", "Neural", "ProgramSupport", "Wire", argumentParser, logging]),
        program(
            "grove",
            ["GroveClient", "ModelSettings", "ProgramSupport", "ShippedModels", argumentParser, toml, unixSignals],
            path: "Clients/Swift/grove"),

        // Measurements; no product, so nothing that is delivered depends on it.
        .target(name: "HeapCount", path: "Tests/Benchmarks/HeapCount"),
        .executableTarget(
            name: "grove-bench",
            dependencies: ["HeapCount", "GroveClient", "Models", "Neural", "QueueLoad", "Wire", argumentParser],
            path: "Tests/Benchmarks", exclude: ["HeapCount", "Peers", "README.md"], swiftSettings: strict),

        // Tests, one folder a target.
        .target(name: "FaultyDisk", path: "Tests/Chaos/FaultyDisk"),
        .executableTarget(
            name: "grove-chaos",
            dependencies: ["Calls", "JobStore", "QueueLoad", "Transport", "Wire", argumentParser, protobuf],
            path: "Tests/Chaos", exclude: ["FULL.md", "FaultyDisk", "README.md"], swiftSettings: strict),
        .target(name: "Coverage", path: "Tests/Fuzz/Coverage"),
        .executableTarget(
            name: "grove-fuzz",
            dependencies: [
                "BrokerCore", "Calls", "Coverage", "GroveClient", "Imaging", "JobStore", "Models", "Neural",
                "Transport", "Wire",
                "WorkerCore", argumentParser, protobuf, toml,
            ],
            path: "Tests/Fuzz", exclude: ["Corpus", "Coverage", "README.md"], swiftSettings: strict),
        .target(name: "TestSupport", dependencies: ["Neural"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "QueueLoad", dependencies: ["Transport", "Wire", protobuf], path: "Tests/QueueLoad",
            swiftSettings: strict),
        tests("FuzzTests", ["grove-fuzz"]),
        tests("NeuralTests", ["Neural", "TestSupport"]),
        tests("ModelsTests", ["Models", "Neural", "TestSupport"]),
        tests("ParityTests", ["Models", "Neural", "TestSupport"]),
        tests("ImagingTests", ["Imaging", "TestSupport"]),
        tests("WireTests", ["Wire", protobuf]),
        tests("TransportTests", ["Transport"]),
        tests("CallsTests", ["Calls", "Wire", "Transport"]),
        tests("JobStoreTests", ["JobStore", grdb], exclude: ["Schemas"]),
        tests("BrokerCoreTests", ["BrokerCore", "Calls", "JobStore", "Transport", "Wire", logging, protobuf]),
        tests(
            "WorkerCoreTests", ["WorkerCore", "Calls", "ModelSettings", "Wire", "Models", "Neural", "Imaging", logging]),
        tests("GroveClientTests", ["GroveClient", "Calls", "Wire", "Transport"]),
        tests("IntegrationTests", ["GroveClient", "QueueLoad", "Wire"]),
    ]
)
