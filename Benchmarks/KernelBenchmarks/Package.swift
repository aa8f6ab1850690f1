// swift-tools-version: 6.3
import PackageDescription

// Times the workloads of Benchmarks/KernelWorkloads with ordo-one/benchmark. A package of its own, so that nobody who
// builds convlstm-dist builds that; without its traits it does not count allocations.
let package = Package(
    name: "kernel-benchmarks",
    dependencies: [
        .package(name: "convlstm-dist", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "KernelBenchmarks",
            dependencies: [
                .product(name: "KernelWorkloads", package: "convlstm-dist"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/KernelBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)
