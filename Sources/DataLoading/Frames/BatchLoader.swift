// Loads sequences into the tensors of a batch. The choice: values are scaled and written to their position as they are
// read, one sequence at a time, so that a batch exists only once in memory.

import Configuration
import Kernels
import Model
import Shards

/// Reads sequences into the tensors of a batch.
package struct BatchLoader: Sendable {
    private let source: any SequenceSource
    private let frames: SequenceDescription
    private let input: InputFrame
    private let views: FrameViews

    /// The size of the data's frames, and of those that the network sees.
    private let frame, seen: FeatureShape

    /// - Parameters:
    ///   - scale: the map from the source's values to those of the network.
    ///   - seed: the seed of crops and orientations.
    package init(_ source: any SequenceSource, scale: ValueScale, for model: SystemDescription, seed: UInt64 = 1) {
        (self.source, frames) = (source, model.sequences)
        let g = source.geometry
        frame = FeatureShape(height: g.height, width: g.width, channels: g.channels)
        seen = frames.networkFrame(of: frame)
        views = FrameViews(frames, of: frame, seed: seed)
        input = InputFrame(scale, channels: g.channels, readsMask: model.network.readsMask)
    }

    /// Allocates the target tensor of a batch: (output frames, batch, height, width, channels).
    package func target(batch: Int) -> Tensor<Float> {
        Tensor(frames.outputFrames, batch, seen.height, seen.width, seen.channels)
    }

    /// The network's value of a threshold of the loss.
    package func scaled(threshold: Double) -> Double { input.scale.scaled(threshold: threshold) }

    /// Reads each sequence's input frames and target frames.
    ///
    /// - Parameters:
    ///   - sequences: one for each index of the batch.
    ///   - tensor: the input, (frames read, batch, height, width, channels), with a channel more if the network reads the mask.
    ///   - target: (output frames, batch, height, width, channels); NaN where the truth is missing.
    /// - Throws: the source's error, which names the file and the sequence.
    package func load(
        _ sequences: some Collection<SequenceID>, into tensor: Tensor<Float>, target: Tensor<Float>
    ) throws {
        precondition(sequences.count == tensor.shape[1], "\(sequences.count) sequences for \(tensor.shape)")
        var window = [Float](repeating: 0, count: seen.count)
        for (place, sequence) in sequences.enumerated() {
            let truth = try values(of: sequence, from: source), view = views.view(of: sequence, truth)
            for number in 0..<frames.outputFrames {
                var scaled = target[number][place].mutableSpan
                view.see(truth, frame: frames.firstForecast + number, of: frame, in: &window) {
                    input.scale.scaleTarget($0, into: &scaled)
                }
            }
            let visible = try source.inputs.map { try values(of: sequence, from: $0) } ?? truth
            for number in 0..<tensor.shape[0] {
                view.see(visible, frame: number, of: frame, in: &window) {
                    input.put($0, into: tensor[frames.step(reading: number)][place])
                }
            }
        }
    }

    /// A sequence. Where no pixel may be missing, NaN becomes infinity, so that the loss tells of the damage.
    private func values(of sequence: SequenceID, from source: any SequenceSource) throws -> SequenceValues {
        let values = try source.load(sequence: sequence.number)
        return source.mayMiss ? values : values.withDamageAsInfinity()
    }
}
