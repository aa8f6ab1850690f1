// A test program that calls every collective operation once; each rank prints its results as "rank name=value".
import Distribution
import Collectives
import Foundation
import Kernels
import Model

struct Planned: Error, CustomStringConvertible {
    var description: String { "the probe was asked to fail here." }
}

/// A limit so small that 10 values need several messages.
let messageLimit = 4
let task = CommandLine.arguments.dropFirst().first ?? "operations"

do {
    try perform(task)
} catch {
    FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
    exit(1)
}

func perform(_ task: String) throws {
    switch task {
    case "operations":
        try runOnEveryRank { try exercise($0) }
    case "small-messages":
        let communicator = try MPICommunicator(messageLimit: messageLimit)
        try exercise(communicator)
        try communicator.finish()
    case "rounded-sum":
        try runOnEveryRank { communicator in
            for count in [1, 2, 37, 5_000_011] { try sumRounded(count, on: communicator) }
        }
    case "plan":
        try runOnEveryRank { try convolve(on: $0) }
    case "bad-root":
        try runOnEveryRank { communicator in
            var bytes: [UInt8] = [1]
            try communicator.broadcast(&bytes, from: communicator.size + 5)
        }
    case "fail-all":
        try runOnEveryRank(exitCode: { _ in 7 }) { _ in throw Planned() }
    case "fail-last":
        try runOnEveryRank(exitCode: { _ in 7 }) { communicator in
            if communicator.rank == communicator.size - 1 { throw Planned() }
            try communicator.barrier()
        }
    default:
        fatalError("unknown task \(task)")
    }
}

/// Builds a network on ranks of which each alone would choose another algorithm, and convolves with it.
func convolve(on communicator: any Communicator) throws {
    let rank = communicator.rank, own = rank == 0 ? ConvolutionAlgorithm.winograd : .im2col
    let cell = ConvLSTMDescription(hidden: 16, kernel: 3), readout = ConvolutionDescription(filters: 1, kernel: 1)
    let description = NetworkDescription(
        encoder: [LayerDescription("one", .convLSTM(cell)), LayerDescription("two", .convLSTM(cell))],
        readout: [LayerDescription("readout", .convolution(readout))])
    let frame = FeatureShape(height: 12, width: 12, channels: 1)
    let network = try communicator.planned {
        try Network<Float>(description, frame: frame, convolution: own, told: $0, for: .forecasts)
    }
    let values = ParameterVector<Float>(network.layout)
    values.initialize(seed: 1)
    let forecast = try ForecastNetwork(
        network, batch: 1, Unrolling(inputFrames: 2, outputFrames: 2, forecastOffset: 1))
    forecast.input.fill(0.5)
    forecast.forward(network.prepare(values))
    let frames = forecast.output.span
    var bits: UInt64 = 0
    for i in frames.indices { bits = bits &* 31 &+ UInt64(frames[i].bitPattern) }
    print("\(rank) algorithms=\(network.layerAlgorithms.values.map(\.rawValue).joined(separator: " "))")
    print("\(rank) forecast=\(bits)")
}

/// All-reduces integers that bfloat16 represents exactly for small counts, and thirds for large ones.
func sumRounded(_ count: Int, on communicator: any Communicator) throws {
    let rank = communicator.rank, vector = Tensor<Float>(count), pool = try ThreadPool(2)
    var numbers = vector.mutableSpan
    for i in 0..<count { numbers[i] = count < 100 ? Float(i - 7 * rank) : 1 / Float(3 * (i % 1000) + rank + 1) }
    try RoundedSum(communicator, on: pool, count: count).sum(vector)
    let sum = vector.span
    var bits: UInt64 = 0
    for i in 0..<count { bits = bits &* 31 &+ UInt64(sum[i].bitPattern) }
    print("\(rank) bits-\(count)=\(bits)")
    print("\(rank) sum-\(count)=\((max(0, count - 40)..<count).map { sum[$0] })")
}

func exercise(_ communicator: any Communicator) throws {
    let rank = communicator.rank, last = communicator.size - 1
    func say(_ name: String, _ value: some Any) { print("\(rank) \(name)=\(value)") }
    say("size", communicator.size)

    var floats = (0..<10).map { Float($0) + 100 * Float(rank) }
    try withSpan(of: &floats) { try communicator.broadcast(&$0, from: last) }
    say("broadcast", floats)

    floats = (0..<10).map { Float($0 * (rank + 1)) }
    try withSpan(of: &floats) { try communicator.allReduce(&$0) }
    say("sum", floats)

    // Sums of thirds are inexact: the bits show whether all ranks hold the same sum.
    floats = (0..<100_003).map { 1 / (Float(rank + 3) + Float($0)) }
    try withSpan(of: &floats) { try communicator.allReduce(&$0) }
    say("bits", floats.reduce(into: UInt64(0)) { $0 = $0 &* 31 &+ UInt64($1.bitPattern) })

    floats = []
    try withSpan(of: &floats) { try communicator.allReduce(&$0) }
    say("empty", floats)

    // Slices of unequal length, one of them empty; only odd ranks and the last one send.
    let squares = (0...last + 1).map { 10 * $0 * $0 / (last + 1) / (last + 1) }
    let slices = (0...last).map { squares[$0]..<squares[$0 + 1] }
    let givers = (0...last).filter { $0 % 2 == 1 || $0 == last }, width = slices[rank].count
    let starts = (0...last).map { giver in givers.firstIndex(of: giver).map { $0 * width } }
    floats = [Float](repeating: -1, count: givers.count * width + 1)
    try withSpan(of: &floats) { received in
        let given = (0..<10).map { Float(100 * rank + $0) }
        try communicator.allToAll(given.span, slices, into: &received, at: starts)
    }
    say("exchange", floats)

    floats = (0..<10).map { slices[rank].contains($0) ? Float($0) : -1 }
    try withSpan(of: &floats) { try communicator.allGather(&$0, slices) }
    say("complete", floats)

    say("sum-of-doubles", try communicator.allReduce(0.5 + Double(rank)))
    say("maximum", try communicator.allReduceMax(-Double(rank)))

    var bytes = rank == last ? Array("from \(last)".utf8) : []
    try communicator.broadcast(&bytes, from: last)
    say("bytes", String(decoding: bytes, as: UTF8.self))

    // The first ranks form a communicator of their own, and the others get no result.
    for ranks in Set([1, (last + 2) / 2, last + 1]).sorted() {
        let seen = try communicator.split(first: ranks) {
            "\($0.rank) of \($0.size): \(try $0.allReduce(Double(rank + 1)))"
        }
        say("first-\(ranks)", seen ?? "rested")
    }

    say("gather", try communicator.gather(String(repeating: "\(rank)", count: rank)))
    try communicator.barrier()
}

func withSpan(of values: inout [Float], _ body: (inout MutableSpan<Float>) throws -> Void) rethrows {
    var span = values.mutableSpan
    try body(&span)
}
