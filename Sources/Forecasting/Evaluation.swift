// The quality of forecasts beside two baselines without a network. The choice: ranks share blocks of sequences, and
// threads share those of a rank, or parts of them. A sequence's errors are added to those of its block in their order,
// and blocks in theirs, so that each sequence counts once and no bit depends on the numbers of ranks and threads.

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
    ///   - batchSize: the number of sequences per block; a thread takes as much of a block at once as is in its part.
    ///   - progress: called on the caller's thread with the number of finished sequences of this rank and the number
    ///     of all of them.
    /// - Throws: `MetricsError` for frames that are too small for SSIM, and the source's own errors.
    package static func measured(
        _ forecaster: Forecaster, on source: any SequenceSource, sequences range: Range<Int>, training: Range<Int>,
        range values: ClosedRange<Float>, convention: MetricConvention, batchSize: Int,
        communicator: any Communicator, on pool: ThreadPool = ThreadPool(),
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> Evaluation {
        let unit = ValueScale(values, maxValue: 1)
        let mean = try MeanImage.over(source, training, communicator: communicator, on: pool)?.scaled(by: unit)
        let nothing = try Evaluation(of: forecaster, convention: convention, hasMeanImage: mean != nil)
        let blocks = range.chunks(of: batchSize)
        let own = blocks.indices.part(communicator.rank, of: communicator.size)
        let shares = Self.shares(of: own.map { ($0, blocks[$0]) }, among: pool.size)
        let forecasters = forecaster.forThreads(shares.count)
        let sums = Mutex(BlockSums(blocks, width: nothing.sums.count)), all = own.reduce(0) { $0 + blocks[$1].count }
        try pool.run(shares.count) { thread in
            for (block, sequences) in shares[thread] {
                let found = try nothing.errors(
                    of: Array(sequences), source, forecasters[thread], mean: mean, unit: unit)
                let finished = sums.withLock { $0.add(found, of: sequences, in: block) }
                if thread == 0 { progress(finished, all) }
            }
        }
        var found = sums.withLock { Array($0.blocks.joined()) }
        try communicator.allReduce(&found)
        var whole = nothing
        let width = nothing.sums.count
        whole.sums = blocks.indices.reduce(nothing.sums) { sum, block in
            zip(sum, found[block * width..<(block + 1) * width]).map(+)
        }
        return whole
    }

    /// What each thread takes of consecutive blocks: an equal part of their sequences, block by block.
    private static func shares(
        of blocks: [(block: Int, sequences: Range<Int>)], among threads: Int
    ) -> [[(block: Int, sequences: Range<Int>)]] {
        guard let first = blocks.first?.sequences, let last = blocks.last?.sequences else { return [] }
        return (first.lowerBound..<last.upperBound).nonemptyParts(atMost: threads).map { part in
            blocks.map { ($0.block, $0.sequences.clamped(to: part)) }.filter { !$0.1.isEmpty }
        }
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

    /// The sums of each sequence by itself.
    private func errors(
        of batch: [Int], _ source: any SequenceSource, _ forecaster: Forecaster, mean: [Float]?, unit: ValueScale
    ) throws -> [[Double]] {
        let pixels = forecaster.frame.count, seen = forecaster.inputFrames * pixels
        let sequences = try batch.map { try source.sequence($0) }
        let pasts = try source.inputs.map { inputs in try batch.map { try inputs.sequence($0) } } ?? sequences
        let forecasts = try forecaster.forecasts(after: pasts.map { Array($0[..<seen]) })
        return try zip(zip(sequences, pasts), forecasts).map { known, forecast in
            let (sequence, past) = known
            var one = self
            let truth = Array(sequence[seen..<seen + forecast.count]).scaled(by: unit)
            let last = Array(past[seen - pixels..<seen]).scaled(by: unit)
            try one.model.add(prediction: forecast.scaled(by: unit).span, truth: truth.span)
            try one.lastFrame.add(prediction: last.repeated(forecaster.frames).span, truth: truth.span)
            if let mean { try one.meanImage?.add(prediction: mean.repeated(forecaster.frames).span, truth: truth.span) }
            return one.sums
        }
    }
}

/// The sums of blocks of sequences, to which each sequence is added in its turn, whichever is finished first.
private struct BlockSums {
    /// The sums of each block so far.
    private(set) var blocks: [[Double]]

    /// The next sequence of each block, and the sums of later ones that are finished.
    private var next: [Int]
    private var early: [Int: [Double]] = [:]
    private var finished = 0

    init(_ ranges: [Range<Int>], width: Int) {
        blocks = ranges.map { _ in [Double](repeating: 0, count: width) }
        next = ranges.map(\.lowerBound)
    }

    /// Takes the sums of some sequences of a block, and returns the number of all that are finished.
    mutating func add(_ sums: [[Double]], of sequences: Range<Int>, in block: Int) -> Int {
        for (sequence, sums) in zip(sequences, sums) { early[sequence] = sums }
        while let sums = early.removeValue(forKey: next[block]) {
            for i in sums.indices { blocks[block][i] += sums[i] }
            next[block] += 1
        }
        finished += sums.count
        return finished
    }
}

/// The mean over all frames of some sequences.
package enum MeanImage {
    /// The mean in raw values (height, width, channels); nil for no sequences. Collective: ranks and threads share the
    /// reading.
    ///
    /// Values are rounded to multiples of 2^-30 of the largest one's power of two, so that sums of up to 2^23 of
    /// them are exact, and do not depend on the order of the additions.
    package static func over(
        _ source: any SequenceSource, _ sequences: Range<Int>, communicator: any Communicator,
        on pool: ThreadPool = ThreadPool()
    ) throws -> [Float]? {
        guard !sequences.isEmpty else { return nil }
        let geometry = source.geometry, pixels = geometry.frameElements
        let range = source.valueRange
        let unit = Double(max(abs(range.lowerBound), abs(range.upperBound), .leastNormalMagnitude)).binade * 0x1p-29
        let own = sequences.part(communicator.rank, of: communicator.size)
        let parts = own.nonemptyParts(atMost: pool.size)
        let total = Mutex([Double](repeating: 0, count: pixels))
        try pool.run(parts.count) { thread in
            var sums = [Double](repeating: 0, count: pixels)
            for number in parts[thread] { add(try source.sequence(number), in: unit, to: &sums) }
            total.withLock { total in for i in sums.indices { total[i] += sums[i] } }
        }
        var sums = total.withLock { $0 }
        try communicator.allReduce(&sums)
        let count = Double(sequences.count * geometry.frames)
        return sums.map { Float($0 * unit / count) }
    }

    /// Adds each frame of a sequence, as multiples of a unit.
    private static func add(_ values: [Float], in unit: Double, to sums: inout [Double]) {
        for first in stride(from: 0, to: values.count, by: sums.count) {
            let frame = values.span.extracting(first..<first + sums.count)
            for i in frame.indices { sums[i] += (Double(frame[i]) / unit).rounded() }
        }
    }
}

extension [Float] {
    fileprivate func scaled(by scale: ValueScale) -> [Float] {
        var values = [Float](repeating: 0, count: count), span = values.mutableSpan
        scale.scaleTarget(self.span, into: &span)
        return values
    }

    fileprivate func repeated(_ times: Int) -> [Float] { (0..<times).flatMap { _ in self } }
}
