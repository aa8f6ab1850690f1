// The quality of forecasts beside two baselines without a network. The choice: sequences are evaluated in blocks
// that ranks and threads share, and the sums of blocks are added in their order, so that each sequence counts once
// and no bit depends on the numbers of ranks and threads.

import Platform
import Distribution
import DataLoading
import Collectives
import Kernels
import Model
import Shards
import Synchronization

/// The scores of forecasts, and of the baselines over the same sequences. Pixels are scaled to [0, 1].
package struct Evaluation: Sendable {
    package private(set) var model: FrameMetrics

    /// The scores of persistence: the last input frame, repeated.
    package private(set) var lastFrame: FrameMetrics

    /// The scores of the mean frame of the training sequences, repeated; nil if there are none.
    package private(set) var meanImage: FrameMetrics?

    /// Evaluates the sequences `range` of a source. Collective.
    ///
    /// - Parameters:
    ///   - training: the sequences whose mean frame is the second baseline.
    ///   - values: the raw values that are scaled to 0 and to 1.
    ///   - convention: the conversion of frames before the metrics, for the baselines as well.
    ///   - batchSize: the number of sequences per block, which a thread forecasts as one batch.
    ///   - progress: called on the caller's thread with the number of finished blocks of this rank and the number
    ///     of all of them.
    /// - Throws: `MetricsError` for frames that are too small for SSIM, and the source's own errors.
    package static func measured(
        _ forecaster: Forecaster, on source: any SequenceSource, sequences range: Range<Int>, training: Range<Int>,
        range values: ClosedRange<Float>, convention: MetricConvention, batchSize: Int,
        communicator: any Communicator, on pool: ThreadPool = ThreadPool(),
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> Evaluation {
        let unit = ValueScale(values, maxValue: 1)
        let mean = try MeanImage.over(source, training, communicator: communicator)?.scaled(by: unit)
        let nothing = try Evaluation(of: forecaster, convention: convention, hasMeanImage: mean != nil)
        let blocks = range.chunks(of: batchSize)
        let own = blocks.indices.part(communicator.rank, of: communicator.size)
        let forecasters = [forecaster] + (1..<pool.size).map { _ in forecaster.another() }
        let done = Atomic(0), zeros = [Double](repeating: 0, count: nothing.sums.count)
        let found = Mutex([[Double]](repeating: zeros, count: blocks.count))
        try pool.run(pool.size) { thread in
            for block in own.part(thread, of: pool.size) {
                var part = nothing
                try part.add(Array(blocks[block]), of: source, forecasters[thread], mean: mean, unit: unit)
                found.withLock { $0[block] = part.sums }
                let finished = done.add(1, ordering: .relaxed).newValue
                if thread == 0 { progress(finished, own.count) }
            }
        }
        var all = found.withLock { Array($0.joined()) }
        try communicator.allReduce(&all)
        var whole = nothing
        let width = nothing.sums.count
        whole.sums = blocks.indices.reduce(nothing.sums) { sum, block in
            zip(sum, all[block * width..<(block + 1) * width]).map(+)
        }
        return whole
    }

    /// An evaluation without sequences.
    private init(of forecaster: Forecaster, convention: MetricConvention, hasMeanImage: Bool) throws(MetricsError) {
        let frame = forecaster.frame
        model = try FrameMetrics(
            frames: forecaster.frames, height: frame.height, width: frame.width, channels: frame.channels,
            convention: convention)
        lastFrame = model
        meanImage = hasMeanImage ? model : nil
    }

    /// The sums of all metrics, concatenated.
    private var sums: [Double] {
        get { model.sums + lastFrame.sums + (meanImage?.sums ?? []) }
        set {
            let count = model.sums.count
            (model.sums, lastFrame.sums) = (Array(newValue[..<count]), Array(newValue[count..<2 * count]))
            meanImage?.sums = Array(newValue[(2 * count)...])
        }
    }

    private mutating func add(
        _ batch: [Int], of source: any SequenceSource, _ forecaster: Forecaster, mean: [Float]?, unit: ValueScale
    ) throws {
        let pixels = forecaster.frame.count, seen = forecaster.inputFrames * pixels
        let sequences = try batch.map { try source.sequence($0) }
        let pasts = try source.inputs.map { inputs in try batch.map { try inputs.sequence($0) } } ?? sequences
        let forecasts = try forecaster.forecasts(after: pasts.map { Array($0[..<seen]) })
        for ((sequence, past), forecast) in zip(zip(sequences, pasts), forecasts) {
            let truth = Array(sequence[seen..<seen + forecast.count]).scaled(by: unit)
            let last = Array(past[seen - pixels..<seen]).scaled(by: unit)
            try model.add(prediction: forecast.scaled(by: unit).span, truth: truth.span)
            try lastFrame.add(prediction: last.repeated(forecaster.frames).span, truth: truth.span)
            if let mean { try meanImage?.add(prediction: mean.repeated(forecaster.frames).span, truth: truth.span) }
        }
    }
}

/// The mean over all frames of some sequences.
package enum MeanImage {
    /// The mean in raw values (height, width, channels); nil for no sequences. Collective: ranks share the reading.
    ///
    /// Values are rounded to multiples of 2^-30 of the largest one's power of two, so that sums of up to 2^23 of
    /// them are exact, and do not depend on the order of the additions.
    package static func over(
        _ source: any SequenceSource, _ sequences: Range<Int>, communicator: any Communicator
    ) throws -> [Float]? {
        guard !sequences.isEmpty else { return nil }
        let geometry = source.geometry, pixels = geometry.frameElements
        var sums = [Double](repeating: 0, count: pixels)
        let range = source.valueRange
        let unit = Double(max(abs(range.lowerBound), abs(range.upperBound), .leastNormalMagnitude)).binade * 0x1p-29
        for number in sequences.part(communicator.rank, of: communicator.size) {
            let values = try source.sequence(number)
            for first in stride(from: 0, to: values.count, by: pixels) {
                let frame = values.span.extracting(first..<first + pixels)
                for i in frame.indices { sums[i] += (Double(frame[i]) / unit).rounded() }
            }
        }
        try communicator.allReduce(&sums)
        let count = Double(sequences.count * geometry.frames)
        return sums.map { Float($0 * unit / count) }
    }
}

extension [Float] {
    fileprivate func scaled(by scale: ValueScale) -> [Float] {
        var values = [Float](repeating: 0, count: count), span = values.mutableSpan
        scale.scale(self.span, into: &span)
        return values
    }

    fileprivate func repeated(_ times: Int) -> [Float] { (0..<times).flatMap { _ in self } }
}
