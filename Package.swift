// swift-tools-version: 6.1
import PackageDescription

// CONVLSTM_CPU names the instruction set to compile for, as clang's -march does: native (the default), x86-64-v3,
// x86-64-v4, x86-64. "portable" passes no flag at all, which a package that others depend on by version must do.
// Without the error number that C's sqrt sets, square roots are taken sixteen at a time.
let cpu = Context.environment["CONVLSTM_CPU"] ?? "native"

let settings: [SwiftSetting] =
    [.enableExperimentalFeature("Lifetimes")]
    + (cpu == "portable" ? [] : [.unsafeFlags(["-Xcc", "-march=\(cpu)", "-Xcc", "-fno-math-errno"])])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "convlstm-dist",
    products: [
        .executable(name: "convlstm-dist", targets: ["convlstm-dist"]),
        .executable(name: "convlstm-shard", targets: ["convlstm-shard"]),
        // For Tests/Benchmarks/Kernels, a package of its own.
        .library(name: "KernelWorkloads", targets: ["KernelWorkloads"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries, each with one Swift importer.
        .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CProcessor"),
        // Of convlstm-dist alone: what runs before the others are loaded.
        .target(name: "CStartup"),

        // In import order: nothing imports what stands below it. Whatever a target imports it must name here too: else
        // it is not compiled again when the other changes.
        .target(name: "Platform"),
        .target(name: "Randomness"),
        .target(name: "Kernels", dependencies: ["COpenBLAS", "CProcessor", "Platform"]),
        .target(name: "Model", dependencies: ["Kernels", "Platform", "Randomness"]),
        .target(name: "Formats", dependencies: ["CZstd", "CZlib", "CPNG", "COpenSSL"]),
        .target(name: "Shards", dependencies: ["Formats", "Platform", "Randomness"]),
        .target(name: "Collectives", dependencies: ["CMPI", "Platform"]),
        .target(name: "Reports", dependencies: ["Formats", "Platform"]),
        .target(
            name: "Trainer",
            dependencies: [
                "Kernels", "Model", "Shards", "Formats", "Collectives", "Reports", "Platform", "Randomness", yams,
            ]),
        .executableTarget(
            name: "convlstm-dist",
            dependencies: [
                "CStartup", "Trainer", "Collectives", "Formats", "Kernels", "Model", "Platform", "Reports", "Shards",
                argumentParser,
            ]),
        .executableTarget(
            name: "convlstm-shard", dependencies: ["Shards", "Formats", "Platform", "Reports", argumentParser]),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .target(name: "NetworkTestSupport", dependencies: ["Kernels", "Model"], path: "Tests/NetworkTestSupport"),
        .executableTarget(
            name: "collectives-probe", dependencies: ["Collectives", "Kernels", "Trainer"],
            path: "Tests/CollectivesProbe"),
        .executableTarget(
            name: "training-probe", dependencies: ["Trainer", "Collectives", "Kernels", "Model"],
            path: "Tests/TrainingProbe"),
        .target(name: "KernelWorkloads", dependencies: ["Kernels", "Randomness"], path: "Tests/KernelWorkloads"),
        .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
        .testTarget(
            name: "KernelsTests",
            dependencies: ["Kernels", "KernelWorkloads", "NetworkTestSupport", "Randomness", "TestSupport"]),
        .testTarget(
            name: "ModelTests", dependencies: ["Model", "Kernels", "NetworkTestSupport", "Randomness", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "FormatsTests", dependencies: ["Formats", "TestSupport"]),
        .testTarget(
            name: "ShardsTests", dependencies: ["Shards", "Formats", "Randomness", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "CollectivesTests", dependencies: ["Collectives", "Platform"]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Formats", "TestSupport"]),
        .testTarget(
            name: "TrainerTests",
            dependencies: [
                "Trainer", "Collectives", "Formats", "Kernels", "Model", "NetworkTestSupport", "Shards", "TestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "SystemsTests",
            dependencies: ["Trainer", "Formats", "Kernels", "Model", "NetworkTestSupport", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "ProcessTests",
            dependencies: [
                "TestSupport", "NetworkTestSupport", "Formats", "Model", "Shards", "Trainer", "convlstm-dist",
                "convlstm-shard", "collectives-probe", "training-probe", yams,
            ],
            exclude: ["Fixtures"]),
    ],
    swiftLanguageModes: [.v6]
)

// CONVLSTM_TESTS names the only test targets that there are; a build for a sanitizer is then of no more than they need.
if let tests = Context.environment["CONVLSTM_TESTS"] {
    var needed = Set(tests.split(separator: ",").map(String.init)), known = 0
    while needed.count > known {
        known = needed.count
        for target in package.targets where needed.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies { needed.insert(name) }
        }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products.removeAll()
}

for target in package.targets where target.type != .system {
    target.swiftSettings = settings
}
