// Small networks with and without a forecaster, and a source of sequences in memory that records what was read.

import Kernels
import Model
import Shards
import Synchronization

/// Frames of 8 x 7 pixels with one channel.
package let exampleFrame = FeatureShape(height: 8, width: 7, channels: 1)

/// A prepared network: an encoder-forecaster, or one that gives one output frame per input frame.
package func exampleNetwork(oneOutputPerInput: Bool) throws -> PreparedNetwork<Float> {
    func layer(_ name: String, from state: String? = nil) -> LayerDescription {
        LayerDescription(name, .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3, initialState: state, forgetBias: 1)))
    }
    let readout = [
        LayerDescription("readout", .convolution(ConvolutionDescription(filters: 1, kernel: 1))),
        LayerDescription("sigmoid", .activation(.sigmoid)),
    ]
    let description = NetworkDescription(
        encoder: [layer("encoder")], forecaster: oneOutputPerInput ? [] : [layer("forecaster", from: "encoder")],
        readout: readout)
    let network = try Network<Float>(description, frame: exampleFrame)
    let values = ParameterVector<Float>(network.layout)
    values.initialize(seed: 7)
    return network.prepare(values)
}

/// Sequences whose pixels are a function of their index, between -2 and 6.
package final class ExampleSource: SequenceSource {
    package let geometry = SequenceGeometry(frames: 5, height: 8, width: 7, channels: 1)
    package let count: Int
    package let valueRange: ClosedRange<Float> = -2...6
    private let shift: Int
    private let seen = Mutex([Int]())

    /// Sources with different shifts have different pixels.
    package init(count: Int, shift: Int = 0) { (self.count, self.shift) = (count, shift) }

    /// The sequences that were read, in order.
    package var reads: [Int] { seen.withLock { $0 } }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) {
        seen.withLock { $0.append(sequence) }
        for i in values.indices { values[i] = Float((i * 31 + sequence * 17 + shift) % 81) / 10 - 2 }
    }
}
