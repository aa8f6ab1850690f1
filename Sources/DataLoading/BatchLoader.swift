// Loads sequences into the tensors of a batch. The choice: raw values are scaled and written to their position as
// they are read, one sequence at a time, so that a batch exists only once in memory.

import Configuration
import Kernels
import Shards

/// Reads sequences into the tensors of a batch.
package struct BatchLoader: Sendable {
    private let source: any SequenceSource
    private let frames: SequenceDescription
    private let scale: ValueScale

    /// Scales the source's value range to [0, maxValue].
    package init(_ source: any SequenceSource, for model: SystemDescription) {
        self.source = source
        frames = model.sequences
        scale = ValueScale(source.valueRange, maxValue: model.sequences.maxValue)
    }

    /// Allocates the target tensor of a batch: (output frames, batch, height, width, channels).
    package func target(batch: Int) -> Tensor<Float> {
        let g = source.geometry
        return Tensor(frames.outputFrames, batch, g.height, g.width, g.channels)
    }

    /// Reads each sequence's input frames and target frames.
    ///
    /// - Parameters:
    ///   - sequences: one for each index of the batch.
    ///   - input: (frames read, batch, height, width, channels).
    ///   - target: (output frames, batch, height, width, channels).
    /// - Throws: the source's error, which names the file and the sequence.
    package func load(_ sequences: some Collection<SequenceID>, into input: Tensor<Float>, target: Tensor<Float>) throws
    {
        precondition(sequences.count == input.shape[1], "\(sequences.count) sequences for \(input.shape)")
        var values = [Float](repeating: 0, count: source.geometry.elements)
        for (place, sequence) in sequences.enumerated() {
            var span = values.mutableSpan
            try source.read(sequence: sequence.number, into: &span)
            for frame in 0..<frames.outputFrames {
                put(values.span, frames.firstForecast + frame, into: target[frame][place])
            }
            if let inputs = source.inputs {
                span = values.mutableSpan
                try inputs.read(sequence: sequence.number, into: &span)
            }
            for frame in 0..<input.shape[0] { put(values.span, frame, into: input[frames.step(reading: frame)][place]) }
        }
    }

    private func put(_ values: Span<Float>, _ frame: Int, into place: Tensor<Float>) {
        let pixels = source.geometry.frameElements
        var scaled = place.mutableSpan
        scale.scale(values.extracting(frame * pixels..<(frame + 1) * pixels), into: &scaled)
    }
}
