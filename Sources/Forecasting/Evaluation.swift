// The quality of forecasts beside baselines and the forecasts of others. The choice: ranks share blocks of sequences, and
// threads share those of a rank, or parts of them. A sequence's errors are added to those of its block in their order,
// and blocks in theirs, so that each sequence counts once and no bit depends on the numbers of ranks and threads. Scores
// are exact sums, which have no order.

import Platform
import Distribution
import DataLoading
import Collectives
import Kernels
import Model
import Shards
import Synchronization

/// What is evaluated: some sequences of a source, and by which rules.
package struct EvaluationTask: Sendable {
    package var source: any SequenceSource
    package var sequences: Range<Int>

    /// The sequences whose mean frame is a baseline.
    package var training = 0..<0

    /// The frames of a sequence that are seen, and those after them that are forecast.
    package var inputFrames, frames: Int

    /// The raw values that are scaled to 0 and to 1.
    package var values: ClosedRange<Float>

    /// The conversion of frames before the metrics, for the baselines as well.
    package var convention = MetricConvention.standard

    /// What is scored in the unit of the data; nil for nothing.
    package var scores: ScoreRequest?

    /// The number of sequences per block; a thread takes as much of a block at once as is in its part.
    package var batchSize = 16

    package init(
        _ source: any SequenceSource, sequences: Range<Int>, inputFrames: Int, frames: Int, values: ClosedRange<Float>
    ) {
        (self.source, self.sequences, self.inputFrames, self.frames) = (source, sequences, inputFrames, frames)
        self.values = values
    }

    /// The number of values of a frame.
    var pixels: Int { source.geometry.frameElements }
}

/// The quality of one predictor.
package struct Quality: Sendable {
    /// The errors of pixels scaled to [0, 1].
    package fileprivate(set) var metrics: FrameMetrics

    /// The scores in the unit of the data, if they were asked for.
    package fileprivate(set) var scores: ForecastScores?

    fileprivate init(_ task: EvaluationTask, hasScores: Bool) throws(MetricsError) {
        let geometry = task.source.geometry
        metrics = try FrameMetrics(
            frames: task.frames, height: geometry.height, width: geometry.width, channels: geometry.channels,
            convention: task.convention)
        scores =
            !hasScores
            ? nil
            : task.scores.map {
                ForecastScores(
                    $0, frames: task.frames, height: geometry.height, width: geometry.width, channels: geometry.channels
                )
            }
    }
}

/// The quality of forecasts, and of the baselines over the same sequences.
package struct Evaluation: Sendable {
    /// The quality of the network; nil if there is none.
    package var model: Quality? { network.map { predictors[$0] } }

    /// The quality of persistence: the last input frame, repeated.
    package var lastFrame: Quality { predictors[persistence] }

    /// The errors of the mean frame of the training sequences, repeated; nil if there are none.
    package var meanImage: FrameMetrics? { image.map { predictors[$0].metrics } }

    /// The quality of the forecasts of others, in the order in which they were named.
    package var others: [Quality] { Array(predictors[(persistence + (image == nil ? 1 : 2))...]) }

    /// All predictors, and the places of some of them.
    private var predictors: [Quality]
    private let network, image: Int?
    private let persistence: Int

    /// Evaluates a network, baselines, and the forecasts of others. Collective.
    ///
    /// - Parameters:
    ///   - forecaster: the network; nil for none.
    ///   - archive: takes the network's forecasts and their truths; nil for nobody.
    ///   - progress: called on the caller's thread with the number of finished sequences of this rank and the number
    ///     of all of them.
    /// - Throws: `MetricsError` for frames that are too small for SSIM, and the errors of the source and the files.
    package static func measured(
        _ task: EvaluationTask, _ forecaster: Forecaster?, others: [ForecastFile] = [], archive: ForecastArchive? = nil,
        communicator: any Communicator, on pool: ThreadPool = ThreadPool(),
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> Evaluation {
        let unit = ValueScale(task.values, maxValue: 1)
        let mean = try MeanImage.over(task.source, task.training, communicator: communicator, on: pool)
        let nothing = try Evaluation(
            task, hasNetwork: forecaster != nil, hasMeanImage: mean != nil, others: others.count)
        let blocks = task.sequences.chunks(of: task.batchSize)
        let own = blocks.indices.part(communicator.rank, of: communicator.size)
        let sums = Mutex(BlockSums(blocks, width: nothing.errors.count)), scores = Mutex(nothing)
        let all = own.reduce(0) { $0 + blocks[$1].count }
        let size = archive == nil ? max(1, task.sequences.count) : pool.size * task.batchSize
        for round in Self.rounds(of: blocks, at: size, ranks: communicator.size) {
            let now = round[communicator.rank]
            let shares = Self.shares(of: own.map { ($0, blocks[$0].clamped(to: now)) }, among: pool.size)
            let forecasters = forecaster?.forThreads(shares.count), kept = Mutex([Int: ForecastArchive.Entry]())
            try pool.run(shares.count) { thread in
                var part = nothing
                for (block, sequences) in shares[thread] {
                    let compared = try task.compared(sequences, forecasters?[thread], mean: mean, others: others)
                    let errors = try compared.map { try part.add($0, unit: unit) }
                    if archive != nil {
                        kept.withLock { for one in compared { $0[one.number] = ForecastArchive.Entry(one) } }
                    }
                    let finished = sums.withLock { $0.add(errors, of: sequences, in: block) }
                    if thread == 0 { progress(finished, all) }
                }
                scores.withLock { $0.addScores(of: part) }
            }
            try archive?.add(kept.withLock { $0 }, of: round, communicator)
        }
        return try nothing.whole(
            sums.withLock { Array($0.blocks.joined()) }, scores: scores.withLock { $0.exact }, communicator)
    }

    /// The consecutive sequences that each rank takes in each round, at most `size` at a time.
    private static func rounds(of blocks: [Range<Int>], at size: Int, ranks: Int) -> [[Range<Int>]] {
        let parts = (0..<ranks).map { rank in
            let own = blocks[blocks.indices.part(rank, of: ranks)]
            return ((own.first?.lowerBound ?? 0)..<(own.last?.upperBound ?? 0)).chunks(of: size)
        }
        let rounds = parts.map(\.count).max() ?? 0
        return (0..<rounds).map { round in
            parts.map { part -> Range<Int> in round < part.count ? part[round] : 0..<0 }
        }
    }

    /// What each thread takes of consecutive blocks: an equal part of their sequences, block by block.
    private static func shares(
        of blocks: [(block: Int, sequences: Range<Int>)], among threads: Int
    ) -> [[(block: Int, sequences: Range<Int>)]] {
        let blocks = blocks.filter { !$0.sequences.isEmpty }
        guard let first = blocks.first?.sequences, let last = blocks.last?.sequences else { return [] }
        return (first.lowerBound..<last.upperBound).nonemptyParts(atMost: threads).map { part in
            blocks.map { ($0.block, $0.sequences.clamped(to: part)) }.filter { !$0.1.isEmpty }
        }
    }

    /// An evaluation without sequences.
    private init(_ task: EvaluationTask, hasNetwork: Bool, hasMeanImage: Bool, others: Int) throws(MetricsError) {
        let quality = try Quality(task, hasScores: true), image = try Quality(task, hasScores: false)
        network = hasNetwork ? 0 : nil
        persistence = hasNetwork ? 1 : 0
        self.image = hasMeanImage ? persistence + 1 : nil
        predictors =
            [Quality](repeating: quality, count: persistence + 1) + (hasMeanImage ? [image] : [])
            + [Quality](repeating: quality, count: others)
    }

    /// The sums of all metrics, concatenated.
    private var errors: [Double] {
        get { predictors.flatMap(\.metrics.sums) }
        set {
            let width = predictors[0].metrics.sums.count
            for i in predictors.indices {
                predictors[i].metrics.sums = Array(newValue[i * width..<(i + 1) * width])
            }
        }
    }

    /// The exact sums of all scores, concatenated.
    private var exact: [Double] { predictors.flatMap { $0.scores?.sums ?? [] } }

    private mutating func addScores(of other: Evaluation) {
        for i in predictors.indices {
            if let scores = other.predictors[i].scores { predictors[i].scores? += scores }
        }
    }

    /// Adds a sequence to the scores, and returns its errors by themselves, whose order matters.
    private mutating func add(_ compared: ComparedSequence, unit: ValueScale) throws -> [Double] {
        let truth = compared.truth.scaled(by: unit)
        var errors: [Double] = []
        for (i, forecast) in compared.forecasts.enumerated() {
            var metrics = predictors[i].metrics
            try metrics.add(prediction: forecast.scaled(by: unit).span, truth: truth.span)
            errors += metrics.sums
            predictors[i].scores?.add(forecast: forecast.span, truth: compared.truth.span)
        }
        return errors
    }

    /// This evaluation with the sums of all ranks. Collective.
    private func whole(
        _ blocks: [Double], scores: [Double], _ communicator: any Communicator
    ) throws -> Evaluation {
        var found = blocks, exact = scores, whole = self
        try communicator.allReduce(&found)
        try communicator.allReduce(&exact)
        let width = errors.count
        whole.errors = stride(from: 0, to: found.count, by: width).reduce(errors) { sum, block in
            zip(sum, found[block..<block + width]).map(+)
        }
        var rest = exact[...]
        for i in predictors.indices { whole.predictors[i].scores?.take(&rest) }
        return whole
    }
}

/// A sequence's truth beside the forecasts of each predictor, in raw values.
struct ComparedSequence {
    let number: Int
    let truth: [Float]
    let forecasts: [[Float]]
}

extension EvaluationTask {
    /// Makes and reads all forecasts of some sequences.
    fileprivate func compared(
        _ numbers: Range<Int>, _ forecaster: Forecaster?, mean: [Float]?, others: [ForecastFile]
    ) throws -> [ComparedSequence] {
        let seen = inputFrames * pixels
        let truths = try numbers.map { try source.sequence($0) }
        let pasts = try source.inputs.map { inputs in try numbers.map { try inputs.sequence($0) } } ?? truths
        let forecasts = try forecaster?.forecasts(after: pasts.map { Array($0[..<seen]) })
        return try numbers.enumerated().map { place, number in
            let last = Array(pasts[place][seen - pixels..<seen])
            let baselines = [last.repeated(frames)] + (mean.map { [$0.repeated(frames)] } ?? [])
            let others = try others.map { try $0.forecast(of: number - sequences.lowerBound) }
            return ComparedSequence(
                number: number, truth: Array(truths[place][seen..<seen + frames * pixels]),
                forecasts: (forecasts.map { [$0[place]] } ?? []) + baselines + others)
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

extension [Float] {
    fileprivate func repeated(_ times: Int) -> [Float] { (0..<times).flatMap { _ in self } }
}
