import DataLoading
import Forecasting
import Formats
import Foundation
import Kernels
import Model
import Shards
import Synchronization
import TestSupport
import Testing
import TrainingTestSupport

/// The example's sequences with missing pixels behind the frames that are seen, and in the last of these.
private final class HoledSource: SequenceSource {
    private let whole: ExampleSource
    var geometry: SequenceGeometry { whole.geometry }
    var count: Int { whole.count }
    var valueRange: ClosedRange<Float> { whole.valueRange }

    init(count: Int) { whole = ExampleSource(count: count) }

    func read(sequence: Int, into values: inout MutableSpan<Float>) {
        whole.read(sequence: sequence, into: &values)
        for pixel in values.indices where pixel >= 3 * 56 - 4 && (pixel + sequence) % 7 == 0 { values[pixel] = .nan }
    }
}

@Suite struct ScoredEvaluationTests {
    private let folder = try! TemporaryFolder()
    private let pixels = exampleFrame.count

    private func forecaster() throws -> Forecaster {
        Forecaster(
            try exampleNetwork(oneOutputPerInput: false), inputFrames: 3, frames: 2, forecastOffset: 3,
            scale: ValueScale(-2...6, maxValue: 1))
    }

    private func task(_ range: Range<Int>, batchSize: Int = 2) -> EvaluationTask {
        var task = EvaluationTask(
            HoledSource(count: 30), sequences: range, inputFrames: 3, frames: 2, values: -2...6)
        (task.training, task.batchSize) = (0..<4, batchSize)
        task.scores = ScoreRequest(thresholds: [0, 2, 4], scales: [1, 3], pools: [2], weights: .hko7)
        return task
    }

    /// Forecasts of the task's sequences, some of whose pixels say nothing.
    private func file(_ sequences: Int, shape: [Int]? = nil, type: NpyHeader.ElementType = .float32) throws -> String {
        let values = (0..<sequences * 2 * pixels).map { pixel -> Float in
            pixel % 11 == 0 ? .nan : Float(pixel % 17) / 2 - 2
        }
        let path = folder.file("other.npy")
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        try NpyFile.write(
            bytes.span,
            header: NpyHeader(type: type, shape: shape ?? [sequences, 2, 8, 7]), to: path)
        return path
    }

    private func measured(
        _ task: EvaluationTask, others: [ForecastFile] = [], rank: Int = 0, of ranks: Int = 1, threads: Int = 1
    ) throws -> Evaluation {
        try Evaluation.measured(
            task, forecaster(), others: others, communicator: LoneRank(rank, of: ranks), on: ThreadPool(threads))
    }

    @Test func everyPredictorIsScoredAgainstTheSameTruth() throws {
        let task = task(6..<9), other = try ForecastFile(name: "other", path: file(3))
        let evaluation = try measured(task, others: [other]), network = try forecaster()
        func none() -> ForecastScores { ForecastScores(task.scores!, frames: 2, height: 8, width: 7, channels: 1) }
        var (model, last, mine) = (none(), none(), none())
        for number in 6..<9 {
            let sequence = try task.source.sequence(number), truth = Array(sequence[(3 * pixels)...])
            let past = Array(sequence[..<(3 * pixels)]), seen = Array(past.suffix(pixels))
            let made = try network.forecasts(after: [past])[0], twice = seen + seen
            let others = try other.forecast(of: number - 6)
            model.add(forecast: made.span, truth: truth.span)
            last.add(forecast: twice.span, truth: truth.span)
            mine.add(forecast: others.span, truth: truth.span)
        }
        #expect(evaluation.model?.scores?.sums == model.sums)
        #expect(evaluation.lastFrame.scores?.sums == last.sums)
        #expect(evaluation.others.map { $0.scores?.sums } == [mine.sums])
        for quality in [evaluation.lastFrame] + evaluation.others {
            #expect(quality.metrics.counted < 1 && quality.metrics.counted > 0.7)
            #expect(quality.metrics.counted == quality.scores?.all.counted)
        }
        #expect(try #require(evaluation.meanImage).counted > 0.7)
    }

    @Test func theMeanFrameIsOverWhatIsThere() throws {
        let source = HoledSource(count: 30), mean = try MeanImage.over(source, 0..<4, communicator: LoneRank(0, of: 1))!
        for pixel in 0..<pixels {
            let values = try (0..<4).flatMap { number in
                let sequence = try source.sequence(number)
                return (0..<5).map { sequence[$0 * pixels + pixel] }
            }.filter { !$0.isNaN }
            #expect(abs(mean[pixel] - values.reduce(0, +) / Float(values.count)) < 1e-5)
        }
    }

    /// Not even the size of batches changes a bit of a score.
    @Test func ranksThreadsAndBatchesChangeNoBitOfAScore() throws {
        let whole = try measured(task(4..<29))
        func scores(_ evaluation: Evaluation) -> [[Double]] {
            [evaluation.model, evaluation.lastFrame].map { $0?.scores?.sums ?? [] }
        }
        for (batchSize, threads) in [(1, 1), (3, 2), (30, 3), (2, 8)] {
            #expect(try scores(measured(task(4..<29, batchSize: batchSize), threads: threads)) == scores(whole))
        }
        for ranks in [2, 3, 5] {
            let parts = try (0..<ranks).map { try scores(measured(task(4..<29), rank: $0, of: ranks, threads: 2)) }
            let sums = try parts.map { part -> ForecastScores in
                var found = try #require(whole.model?.scores), numbers = part[0][...]
                found.take(&numbers)
                return found
            }
            #expect(sums.dropFirst().reduce(into: sums[0]) { $0 += $1 }.sums == whole.model?.scores?.sums)
        }
    }

    @Test func withoutANetworkOthersAreScored() throws {
        let other = try ForecastFile(name: "other", path: file(3))
        let alone = try Evaluation.measured(task(6..<9), nil, others: [other], communicator: LoneRank(0, of: 1))
        let beside = try measured(task(6..<9), others: [other])
        #expect(alone.model == nil && alone.others.count == 1)
        #expect(alone.others[0].scores?.sums == beside.others[0].scores?.sums)
        #expect(alone.others[0].metrics.sums == beside.others[0].metrics.sums)
        #expect(alone.lastFrame.metrics.sums == beside.lastFrame.metrics.sums)
        #expect(alone.meanImage?.sums == beside.meanImage?.sums)
    }

    @Test(arguments: [1, 2, 3]) func forecastsAndTruthsAreKept(threads: Int) throws {
        let task = task(6..<13), path = folder.file("kept"), network = try forecaster()
        let evaluation = try ForecastArchive.make(path, of: task, LoneRank(0, of: 1)) { archive in
            try Evaluation.measured(
                task, network, archive: archive, communicator: LoneRank(0, of: 1), on: ThreadPool(threads))
        }
        #expect(evaluation.model?.scores?.sums == (try measured(task)).model?.scores?.sums)
        #expect(evaluation.model?.metrics.sums == (try measured(task)).model?.metrics.sums)
        let forecast = try ForecastFile(name: "f", path: "\(path)/forecast.npy")
        let truth = try ForecastFile(name: "t", path: "\(path)/truth.npy")
        try forecast.require(sequences: 7, frames: 2, of: exampleFrame)
        try truth.require(sequences: 7, frames: 2, of: exampleFrame)
        for number in 6..<13 {
            let sequence = try task.source.sequence(number)
            let expected = try network.forecasts(after: [Array(sequence[..<(3 * pixels)])])[0]
            #expect(bits(try forecast.forecast(of: number - 6)) == bits(expected))
            #expect(bits(try truth.forecast(of: number - 6)) == bits(Array(sequence[(3 * pixels)...])))
        }
        #expect(try Folder.names(in: path)?.sorted() == ["forecast.npy", "truth.npy"])
    }

    /// Of a failed evaluation nothing is kept.
    @Test func anErrorLeavesNoFolder() throws {
        struct Failure: Error {}
        let path = folder.file("half")
        #expect(throws: Failure.self) {
            try ForecastArchive.make(path, of: task(6..<9), LoneRank(0, of: 1)) { _ in throw Failure() }
        }
        #expect(try Folder.names(in: folder.path) == [])
    }

    private func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? .max : $0.bitPattern } }

    @Test(arguments: [[3, 2, 8, 7, 1], [3, 2, 8, 7]]) func theChannelMayBeAnAxis(shape: [Int]) throws {
        let file = try ForecastFile(name: "x", path: file(3, shape: shape))
        try file.require(sequences: 3, frames: 2, of: exampleFrame)
        #expect(try file.forecast(of: 2)[1] == Float((4 * pixels + 1) % 17) / 2 - 2)
    }

    @Test(arguments: [[6, 8, 7], [2, 3, 8, 7], [3, 2, 7, 8], [3, 1, 8, 14], [1, 3, 2, 8, 7]])
    func otherShapesAreRefusedWithBoth(shape: [Int]) throws {
        let path = try file(3, shape: shape)
        let error = #expect(throws: (any Error).self) {
            try ForecastFile(name: "x", path: path).require(sequences: 3, frames: 2, of: exampleFrame)
        }
        #expect(error.map { "\($0)".contains("has the shape \(shape)") } == true, "\(String(describing: error))")
    }
}
