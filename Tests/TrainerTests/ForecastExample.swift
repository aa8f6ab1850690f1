// Small networks with and without a forecaster, and a source of sequences in memory that remembers what was read.

import Collectives
import Kernels
import Model
import Shards
import Synchronization
import Trainer

/// Frames of 8 x 7 pixels with one channel.
let exampleFrame = FeatureShape(height: 8, width: 7, channels: 1)

/// A prepared network: an encoder-forecaster, or one that gives one output frame per input frame.
func exampleNetwork(oneOutputPerInput: Bool) throws -> Network<Float> {
    func layer(_ name: String, from state: String? = nil) -> StageDescription {
        StageDescription(name, .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3, initialState: state, forgetBias: 1)))
    }
    let readout = [
        StageDescription("readout", .convolution(ConvolutionDescription(filters: 1, kernel: 1))),
        StageDescription("sigmoid", .activation(.sigmoid)),
    ]
    let description = NetworkDescription(
        encoder: [layer("encoder")], forecaster: oneOutputPerInput ? [] : [layer("forecaster", from: "encoder")],
        readout: readout)
    let network = try Network<Float>(description, frame: exampleFrame)
    let values = ParameterVector<Float>(network.layout)
    values.initialise(seed: 7)
    network.prepare(values)
    return network
}

/// Sequences whose pixels are a function of their place, between -2 and 6.
final class ExampleSource: SequenceSource {
    let geometry = SequenceGeometry(frames: 5, height: 8, width: 7, channels: 1)
    let count: Int
    let valueRange: ClosedRange<Float> = -2...6
    private let shift: Int
    private let seen = Mutex([Int]())

    /// Sources of another shift have other pixels.
    init(count: Int, shift: Int = 0) { (self.count, self.shift) = (count, shift) }

    /// The sequences that were read, in order.
    var reads: [Int] { seen.withLock { $0 } }

    func read(sequence: Int, into values: inout MutableSpan<Float>) {
        seen.withLock { $0.append(sequence) }
        for i in values.indices { values[i] = Float((i * 31 + sequence * 17 + shift) % 81) / 10 - 2 }
    }
}

/// One rank's view of a job whose other ranks do not exist: sums are its own part.
final class LoneRank: Communicator {
    let rank, size: Int
    let hostName = "nowhere"

    init(_ rank: Int, of size: Int) { (self.rank, self.size) = (rank, size) }

    func broadcast(_ values: inout MutableSpan<Float>, from root: Int) {}
    func broadcast(_ bytes: inout [UInt8], from root: Int) {}
    func sum(_ values: inout MutableSpan<Float>) {}
    func sum(_ values: inout [Double]) {}
    func maximum(_ values: inout [Double]) {}
    func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    func exchange(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) {}
    func complete(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) {}
    func barrier() {}
    func amongFirst<Result>(_ ranks: Int, _ work: (any Communicator) throws -> Result) rethrows -> Result? {
        rank < ranks ? try work(LoneRank(rank, of: ranks)) : nil
    }
    func abort(exitCode: Int32) -> Never { fatalError("aborted with \(exitCode)") }
}
