// swift-tools-version: 6.3
import PackageDescription

// CONVLSTM_CPU names the instruction set to compile for, as clang's -march does: native (the default), x86-64-v3,
// x86-64-v4, x86-64. "portable" passes no flag at all, which a package that others depend on by version must do.
// Without the error number that C's sqrt sets, square roots are taken sixteen at a time.
let cpu = Context.environment["CONVLSTM_CPU"] ?? "native"

let settings: [SwiftSetting] =
    [
        .enableExperimentalFeature("Lifetimes"), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    + (cpu == "portable" ? [] : [.unsafeFlags(["-Xcc", "-march=\(cpu)", "-Xcc", "-fno-math-errno"])])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "convlstm-dist",
    products: [
        .executable(name: "convlstm-dist", targets: ["convlstm-dist"]),
        .executable(name: "convlstm-shard", targets: ["convlstm-shard"]),
        // The networks, for programs of others.
        .library(name: "ConvLSTM", targets: ["ConvLSTM"]),
        // For Benchmarks/KernelBenchmarks, a package of its own.
        .library(name: "KernelWorkloads", targets: ["KernelWorkloads"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    ],
    targets: [
        // System libraries, each with one Swift importer.
        .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        // Headers alone: the library is looked for when the first HDF5 file is met, and linked to nothing.
        .systemLibrary(name: "CHDF5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CProcessor"),
        // Of convlstm-dist alone: what runs before the others are loaded.
        .target(name: "CStartup"),

        // In import order: nothing imports what stands below it. Whatever a target imports it must name here too: else
        // it is not compiled again when the other changes.
        .target(name: "Platform", dependencies: ["CProcessor"]),
        .target(name: "Randomness"),
        .target(name: "Kernels", dependencies: ["COpenBLAS", "CProcessor", "Platform"]),
        .target(name: "Model", dependencies: ["Kernels", "Platform", "Randomness"]),
        .target(name: "Formats", dependencies: ["CHDF5", "CZstd", "CZlib", "CPNG", "COpenSSL"]),
        .target(name: "ConvLSTM", dependencies: ["Formats", "Kernels", "Model", "Platform"]),
        .target(name: "Shards", dependencies: ["Formats", "Platform", "Randomness"]),
        .target(name: "Collectives", dependencies: ["CMPI", "Platform"]),
        .target(name: "Reports", dependencies: ["Formats", "Platform"]),
        .target(name: "Configuration", dependencies: ["Formats", "Kernels", "Model", "Platform", "Shards", yams]),
        .target(
            name: "Distribution",
            dependencies: ["Collectives", "Configuration", "Kernels", "Model", "Platform", "Reports"]),
        .target(
            name: "Supervision",
            dependencies: ["Collectives", "Configuration", "Formats", "Kernels", "Platform", "Reports"]),
        .target(
            name: "DataLoading",
            dependencies: [
                "Collectives", "Configuration", "Distribution", "Kernels", "Model", "Platform", "Randomness", "Reports",
                "Shards",
            ]),
        .target(
            name: "TensorBoard", dependencies: ["Formats", protobuf], exclude: ["Protocol/event.proto"]),
        .target(
            name: "Trainer",
            dependencies: [
                "Collectives", "Configuration", "DataLoading", "Distribution", "Formats", "Kernels", "Model",
                "Platform", "Reports", "Shards", "Supervision", "TensorBoard",
            ]),
        .target(
            name: "ONNX", dependencies: ["Configuration", "Formats", "Kernels", "Model", "Trainer", protobuf],
            exclude: ["Protocol/onnx.proto"]),
        .target(
            name: "Forecasting",
            dependencies: [
                "Collectives", "Configuration", "DataLoading", "Distribution", "Formats", "Kernels", "Model",
                "Platform", "Reports", "Shards", "Trainer",
            ]),
        .target(
            name: "RunReports",
            dependencies: [
                "Collectives", "Configuration", "DataLoading", "Forecasting", "Formats", "Kernels", "Model", "Reports",
                "Shards", "Supervision", "Trainer",
            ]),
        .target(
            name: "Diagnostics",
            dependencies: [
                "Collectives", "Configuration", "DataLoading", "Distribution", "Forecasting", "Formats", "Kernels",
                "Model", "Platform", "Randomness", "Reports", "Shards", "Supervision", "Trainer",
            ]),
        .target(name: "Version", plugins: ["VersionPlugin"]),
        .plugin(name: "VersionPlugin", capability: .buildTool()),
        .target(name: "CommandSupport", dependencies: ["Formats", "Platform", "Reports", argumentParser]),
        .executableTarget(
            name: "convlstm-dist",
            dependencies: [
                "CStartup", "Collectives", "CommandSupport", "Configuration", "DataLoading", "Diagnostics",
                "Distribution", "Forecasting", "Formats", "Kernels", "Model", "ONNX", "Platform", "Reports",
                "RunReports",
                "Shards", "Supervision", "Trainer", "Version", argumentParser,
            ]),
        .executableTarget(
            name: "convlstm-shard",
            dependencies: ["CommandSupport", "Formats", "Platform", "Reports", "Shards", "Version", argumentParser]),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .target(
            name: "NetworkTestSupport", dependencies: ["Kernels", "Model", "Randomness"],
            path: "Tests/NetworkTestSupport"),
        .target(
            name: "TrainingTestSupport", dependencies: ["Collectives", "Kernels", "Model", "Shards"],
            path: "Tests/TrainingTestSupport"),
        .executableTarget(
            name: "collectives-probe", dependencies: ["Collectives", "Distribution", "Kernels", "Model"],
            path: "Tests/CollectivesProbe"),
        .executableTarget(
            name: "training-probe",
            dependencies: ["Collectives", "Configuration", "Platform", "Supervision", "Trainer"],
            path: "Tests/TrainingProbe"),
        .target(
            name: "KernelWorkloads", dependencies: ["Kernels", "Randomness"],
            path: "Benchmarks/KernelWorkloads"),
        // The program of Examples/NextFrames, which is a package of its own too: here it is built with the rest, and sees no more
        // than what is public.
        .executableTarget(
            name: "next-frames", dependencies: ["ConvLSTM"], path: "Examples/NextFrames/Sources/NextFrames",
            packageAccess: false),
        .target(
            name: "Readers",
            dependencies: [
                "Configuration", "Formats", "Kernels", "Model", "Shards", "TensorBoard", "TestSupport", "Trainer",
            ],
            path: "Fuzzing/Readers"),

        // A target of tests for each target of sources, with the same folders; then what holds the whole against
        // others.
        .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
        .testTarget(
            name: "KernelsTests",
            dependencies: ["Kernels", "KernelWorkloads", "NetworkTestSupport", "Platform", "Randomness"]),
        .testTarget(
            name: "ModelTests", dependencies: ["Kernels", "Model", "NetworkTestSupport", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "FormatsTests", dependencies: ["Formats", "TestSupport"]),
        .testTarget(
            name: "ConvLSTMTests",
            dependencies: [
                "Collectives", "Configuration", "ConvLSTM", "DataLoading", "Distribution", "Formats", "Kernels",
                "Model",
                "Shards", "TestSupport", "Trainer",
            ]),
        .testTarget(
            name: "ShardsTests", dependencies: ["Shards", "Formats", "Randomness", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "CollectivesTests", dependencies: ["Collectives", "Platform"]),
        .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard", "TestSupport"]),
        .testTarget(name: "ReportsTests", dependencies: ["Formats", "Reports"]),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: ["Configuration", "Kernels", "Model", "NetworkTestSupport", "TestSupport"]),
        .testTarget(name: "DistributionTests", dependencies: ["Configuration", "Distribution", "Platform"]),
        .testTarget(
            name: "SupervisionTests",
            dependencies: ["Configuration", "Supervision", "TestSupport", "TrainingTestSupport"]),
        .testTarget(
            name: "DataLoadingTests",
            dependencies: [
                "Configuration", "DataLoading", "Distribution", "Kernels", "NetworkTestSupport", "Platform", "Shards",
                "TestSupport",
            ]),
        .testTarget(
            name: "TrainerTests",
            dependencies: [
                "Collectives", "Configuration", "DataLoading", "Distribution", "Formats", "Kernels", "Model", "Shards",
                "Supervision", "TestSupport", "Trainer", "TrainingTestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "ForecastingTests",
            dependencies: [
                "Configuration", "DataLoading", "Forecasting", "Formats", "Kernels", "Model", "NetworkTestSupport",
                "Shards", "TestSupport", "TrainingTestSupport",
            ]),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "Supervision"]),
        .testTarget(name: "FuzzingTests", dependencies: ["Readers", "TestSupport"]),
        .testTarget(name: "RepositoryTests", dependencies: ["TestSupport"]),
        .testTarget(
            name: "SystemsTests",
            dependencies: [
                "Configuration", "Formats", "Kernels", "Model", "NetworkTestSupport", "TestSupport", "Trainer",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "ProcessTests",
            dependencies: [
                "Configuration", "DataLoading", "Formats", "Kernels", "Model", "NetworkTestSupport", "Reports",
                "Shards", "TestSupport", "Trainer", yams,
            ],
            exclude: ["Fixtures"]),
    ],
    swiftLanguageModes: [.v6]
)

// The fuzzer has the main function of libFuzzer, which is there only in a build of its own: that of Launch/fuzz.
if Context.environment["CONVLSTM_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(name: "fuzzer", dependencies: ["Readers", "TestSupport"], path: "Fuzzing/Fuzzer"))
}

// What ProcessTests starts. They are no dependencies of it, for which it would wait with being compiled; whatever builds the tests
// builds all targets.
let startedPrograms = ["convlstm-dist", "convlstm-shard", "collectives-probe", "next-frames", "training-probe"]

// CONVLSTM_TESTS names the only test targets that there are; a build for a sanitizer is then of no more than they need.
if let tests = Context.environment["CONVLSTM_TESTS"] {
    var needed = Set(tests.split(separator: ",").map(String.init)), known = 0
    if needed.contains("ProcessTests") { needed.formUnion(startedPrograms) }
    while needed.count > known {
        known = needed.count
        for target in package.targets where needed.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies { needed.insert(name) }
            for case .plugin(let name, _) in target.plugins ?? [] { needed.insert(name) }
        }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products.removeAll()
}

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = settings
}

// Tests are not optimized, but for those of the kernels, which compute much themselves, and their files are compiled side by
// side: a third of the time of a build was theirs.
if cpu != "portable" {
    for target in package.targets where target.type == .test && target.name != "KernelsTests" {
        target.swiftSettings? += [.unsafeFlags(["-Onone", "-no-whole-module-optimization", "-enable-batch-mode"])]
    }
}
