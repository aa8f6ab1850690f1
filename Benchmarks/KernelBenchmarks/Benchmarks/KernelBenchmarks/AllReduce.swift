// The sum of a gradient over two ranks: what `convlstm-dist bench scaling` says of neural-scene's. The choice: the
// program measures, because a process that was not started by mpirun has no ranks.

import Benchmark
import Foundation

func measureAllReduce() {
    Benchmark("all-reduce, 2 ranks, neural-scene", configuration: configuration([.bytes])) { benchmark in
        let gradient = try scaling().allReduce.last!
        benchmark.measurement(.bytes, Int(1e-6 * Double(gradient.bytes) / gradient.seconds))
    }
}

/// What is read of the program's line of JSON.
private struct Scaling: Decodable {
    struct Row: Decodable {
        let bytes: Int
        let seconds: Double
    }

    let allReduce: [Row]
}

private func scaling() throws -> Scaling {
    let options = ["neural-scene", "--batch", "1", "--steps", "1", "--json"]
    let output = try output(of: "mpirun", ["-np", "2", "--oversubscribe", program, "bench", "scaling"] + options)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Scaling.self, from: output)
}

/// That of this repository's release build, or what CONVLSTM_DIST names.
private var program: String {
    let repository = (0..<6).reduce(URL(fileURLWithPath: #filePath)) { path, _ in path.deletingLastPathComponent() }
    return ProcessInfo.processInfo.environment["CONVLSTM_DIST"]
        ?? repository.appendingPathComponent(".build/release/convlstm-dist").path
}

struct NoMeasurement: Error, CustomDebugStringConvertible {
    let debugDescription: String
}

private func output(of command: String, _ arguments: [String]) throws -> Data {
    guard FileManager.default.isExecutableFile(atPath: program) else {
        throw NoMeasurement(debugDescription: "there is no \(program); build it: swift build -c release")
    }
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        let line = ([command] + arguments).joined(separator: " ")
        throw NoMeasurement(debugDescription: "\(line) ended with \(process.terminationStatus)")
    }
    return output
}
