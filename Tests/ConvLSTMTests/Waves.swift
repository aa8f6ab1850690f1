// Batches for tests: waves that run through the frames, each sequence in a phase of its own.

import ConvLSTM
import Foundation

extension VideoBatch {
    /// (sequences, frames, 8, 6, 1), with values between 0 and 1.
    static func waves(_ sequences: Int, frames: Int) throws -> VideoBatch {
        let values = (0..<sequences * frames * 48).map { i -> Float in
            let pixel = i % 48, frame = i / 48 % frames, sequence = i / 48 / frames
            return Float(0.5 + 0.5 * sin(Double(pixel) * 0.37 + Double(frame) * 0.9 + Double(sequence) * 2.1))
        }
        return try VideoBatch(values, shape: [sequences, frames, 8, 6, 1])
    }
}

/// The frames of `waves`.
let waveFrame = FrameShape(height: 8, width: 6)

/// A network whose gates are convolved by both algorithms: 3 + 2 channels of patches.
let smallNetwork = EncoderForecaster(hiddenChannels: [3, 2], patchSize: 2, hasPeepholes: true)
