// swift-tools-version: 6.3
import PackageDescription

// A program of others that uses the library ConvLSTM. Docs/HowTo/library.md says what differs for a package that is not
// beside its dependency.
let package = Package(
    name: "next-frames",
    dependencies: [.package(name: "convlstm-dist", path: "../..")],
    targets: [
        .executableTarget(
            name: "NextFrames", dependencies: [.product(name: "ConvLSTM", package: "convlstm-dist")])
    ],
    swiftLanguageModes: [.v6]
)
