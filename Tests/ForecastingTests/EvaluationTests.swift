import Forecasting
import DataLoading
import Kernels
import Model
import Shards
import Testing
import TrainingTestSupport

@Suite struct EvaluationTests {
    private let pixels = exampleFrame.count

    private func forecaster(frames: Int = 2) throws -> Forecaster {
        Forecaster(
            try exampleNetwork(oneOutputPerInput: false), inputFrames: 3, frames: frames, forecastOffset: 3,
            scale: ValueScale(-2...6, maxValue: 1))
    }

    private func evaluate(
        _ source: ExampleSource, _ range: Range<Int>, training: Range<Int> = 0..<0, rank: Int = 0, of ranks: Int = 1,
        batchSize: Int = 2, frames: Int = 2, values: ClosedRange<Float> = -2...6,
        convention: MetricConvention = .standard
    ) throws -> Evaluation {
        var task = EvaluationTask(source, sequences: range, inputFrames: 3, frames: frames, values: values)
        (task.training, task.convention, task.batchSize) = (training, convention, batchSize)
        return try Evaluation.measured(task, forecaster(frames: frames), communicator: LoneRank(rank, of: ranks))
    }

    @Test func scoresAreThoseComputedDirectly() throws {
        let source = ExampleSource(count: 9), range = 6..<9
        let evaluation = try evaluate(source, range, training: 0..<4)
        let forecaster = try forecaster(), mean = try meanImage(source, 0..<4)
        for frame in 0..<2 {
            var model = 0.0, last = 0.0, image = 0.0
            for number in range {
                let sequence = try source.sequence(number), past = Array(sequence[..<(3 * pixels)])
                let truth = sequence[((3 + frame) * pixels)...].prefix(pixels)
                let forecast = try forecaster.forecasts(after: [past])[0][(frame * pixels)...].prefix(pixels)
                model += squaredError(forecast, truth)
                last += squaredError(past.suffix(pixels), truth)
                image += squaredError(mean, truth)
            }
            #expect(abs(evaluation.model!.metrics[frame].squaredErrorPerFrame - model / 3) < 1e-4)
            #expect(abs(evaluation.lastFrame.metrics[frame].squaredErrorPerFrame - last / 3) < 1e-4)
            #expect(abs(evaluation.meanImage![frame].squaredErrorPerFrame - image / 3) < 1e-4)
        }
        #expect(evaluation.model!.metrics.sequences == 3)
    }

    /// The value range is 0 to 4, which many pixels exceed.
    @Test(arguments: MetricConvention.allCases, [1, 2]) func baselinesAreMeasuredAsForecastsAre(
        convention: MetricConvention, frames: Int
    ) throws {
        let source = ExampleSource(count: 9)
        let evaluation = try evaluate(
            source, 6..<9, training: 0..<4, frames: frames, values: 0...4, convention: convention)
        var model = try FrameMetrics(frames: frames, height: 8, width: 7, convention: convention)
        var last = model, image = model
        let mean = try meanImage(source, 0..<4)
        for number in 6..<9 {
            let sequence = try source.sequence(number), past = Array(sequence[..<(3 * pixels)])
            let truth = sequence[(3 * pixels)...].prefix(frames * pixels).map { $0 / 4 }
            let forecast = try forecaster(frames: frames).forecasts(after: [past])[0].map { $0 / 4 }
            let lasts = (0..<frames).flatMap { _ in past.suffix(pixels).map { $0 / 4 } }
            let means = (0..<frames).flatMap { _ in mean.map { $0 / 4 } }
            try model.add(prediction: forecast.span, truth: truth.span)
            try last.add(prediction: lasts.span, truth: truth.span)
            try image.add(prediction: means.span, truth: truth.span)
        }
        for (found, expected) in try zip(
            [evaluation.model!.metrics, evaluation.lastFrame.metrics, #require(evaluation.meanImage)],
            [model, last, image])
        {
            #expect(found.convention == convention && found.sums.count == 1 + 7 * frames)
            for (a, b) in zip(found.sums, expected.sums) { #expect(abs(a - b) < 1e-3 * max(1, abs(b))) }
        }
    }

    /// A pair is forecast from its inputs and compared with its truth.
    @Test func pairsAreMeasuredAcross() throws {
        let truth = ExampleSource(count: 9), seen = ExampleSource(count: 9, shift: 5)
        let task = EvaluationTask(
            PairedSource(truth: truth, inputs: seen), sequences: 4..<6, inputFrames: 3, frames: 2,
            values: truth.valueRange)
        let evaluation = try Evaluation.measured(task, forecaster(), communicator: LoneRank(0, of: 1))
        let forecaster = try forecaster()
        var model = 0.0, last = 0.0
        for number in 4..<6 {
            let past = Array(try seen.sequence(number)[..<(3 * pixels)])
            let next = try truth.sequence(number)[(3 * pixels)...].prefix(pixels)
            model += squaredError(try forecaster.forecasts(after: [past])[0].prefix(pixels), next)
            last += squaredError(past.suffix(pixels), next)
        }
        #expect(abs(evaluation.model!.metrics[0].squaredErrorPerFrame - model / 2) < 1e-4)
        #expect(abs(evaluation.lastFrame.metrics[0].squaredErrorPerFrame - last / 2) < 1e-4)
    }

    @Test(arguments: 1...5, [1, 2, 3, 4, 7]) func eachSequenceCountsOnceWhateverTheRanks(ranks: Int, count: Int) throws
    {
        let source = ExampleSource(count: 20), range = 5..<5 + count
        var parts = [Double](), whole = try evaluate(ExampleSource(count: 20), range).model!.metrics.sums
        for rank in 0..<ranks {
            let part = try evaluate(source, range, rank: rank, of: ranks, batchSize: 3).model!.metrics.sums
            parts = parts.isEmpty ? part : zip(parts, part).map { $0 + $1 }
        }
        #expect(source.reads.sorted() == Array(range))
        #expect(parts[0] == Double(count))
        whole = whole.map { max(abs($0), 1e-3) }
        #expect(zip(parts, whole).allSatisfy { abs(abs($0) - $1) < 1e-5 * $1 })
    }

    /// Blocks are added in their order, and the sequences of a block in theirs, whoever computes them.
    @Test(arguments: [1, 3, 4, 30]) func threadsChangeNoBit(batchSize: Int) throws {
        func measured(_ threads: Int) throws -> [[Double]] {
            var task = EvaluationTask(
                ExampleSource(count: 30), sequences: 4..<29, inputFrames: 3, frames: 2, values: -2...6)
            (task.training, task.batchSize) = (0..<4, batchSize)
            let evaluation = try Evaluation.measured(
                task, forecaster(), communicator: LoneRank(0, of: 1), on: ThreadPool(threads))
            return try [evaluation.model!.metrics, evaluation.lastFrame.metrics, #require(evaluation.meanImage)].map(
                \.sums)
        }
        let alone = try measured(1)
        #expect(alone[0][0] == 25)
        for threads in [2, 3, 5, 8] { #expect(try measured(threads) == alone, "\(threads) threads") }
    }

    @Test func progressCountsEverySequence() throws {
        var seen: [Int] = []
        var task = EvaluationTask(
            ExampleSource(count: 9), sequences: 1..<8, inputFrames: 3, frames: 2, values: -2...6)
        task.batchSize = 3
        _ = try Evaluation.measured(
            task, forecaster(), communicator: LoneRank(0, of: 1)
        ) { done, all in
            seen.append(done)
            #expect(all == 7)
        }
        #expect(seen == [3, 6, 7])
    }

    @Test func withoutTrainingSequencesThereIsNoMeanImage() throws {
        #expect(try evaluate(ExampleSource(count: 4), 0..<4).meanImage == nil)
    }

    @Test(arguments: 1...4) func ranksReadTheirPartsOfTheMeanImage(ranks: Int) throws {
        let source = ExampleSource(count: 8)
        var sum = [Float](repeating: 0, count: pixels)
        for rank in 0..<ranks {
            // Without the others, a rank has the mean of its own part.
            let before = source.reads.count
            let part = try MeanImage.over(source, 1..<8, communicator: LoneRank(rank, of: ranks))!
            let share = Float(source.reads.count - before) / 7
            sum = zip(sum, part).map { $0 + share * $1 }
        }
        #expect(source.reads.sorted() == Array(1..<8))
        let expected = try meanImage(source, 1..<8)
        #expect(zip(sum, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    /// The squared error of pixels scaled from -2...6 to [0, 1].
    private func squaredError(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
        zip(a, b).reduce(0) { $0 + Double(($1.0 - $1.1) / 8) * Double(($1.0 - $1.1) / 8) }
    }

    private func meanImage(_ source: ExampleSource, _ range: Range<Int>) throws -> [Float] {
        let frames = try range.flatMap { number in
            let sequence = try source.sequence(number)
            return (0..<5).map { Array(sequence[($0 * pixels)...].prefix(pixels)) }
        }
        return (0..<pixels).map { pixel in frames.reduce(0) { $0 + $1[pixel] } / Float(frames.count) }
    }
}
