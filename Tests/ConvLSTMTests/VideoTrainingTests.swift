import ConvLSTM
import Testing

/// Training by the library: what a step gives, and that no thread has a part in it.
@Suite struct VideoTrainingTests {
    private func trained(steps: Int, seed: UInt64 = 1, threads: Int) throws -> (model: VideoModel, losses: [Double]) {
        let trainer = try Trainer(
            VideoModel(smallNetwork, frame: waveFrame, seed: seed), optimizer: Adam(learningRate: 0.01),
            threads: threads)
        let batch = try VideoBatch.waves(11, frames: 5)
        let losses = try (0..<steps).map { _ in
            try trainer.step(inputs: batch.frames(0..<3), targets: batch.frames(3..<5))
        }
        #expect(trainer.stepCount == steps)
        return (trainer.model, losses)
    }

    @Test func theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() throws {
        let one = try trained(steps: 4, threads: 1)
        for threads in [1, 2, 8, 20] {
            let other = try trained(steps: 4, threads: threads)
            #expect(other.model == one.model && other.losses == one.losses, "\(threads) threads")
        }
        #expect(try trained(steps: 4, seed: 2, threads: 1).model != one.model)
    }

    @Test func stepsLowerTheLoss() throws {
        let losses = try trained(steps: 60, threads: 2).losses
        #expect(losses.last! < losses.first! / 2, "\(losses)")
    }

    /// The loss that a step returns is the error of the forecast by the model as it was before.
    @Test func theLossIsTheErrorBeforeTheStep() throws {
        let batch = try VideoBatch.waves(3, frames: 6), past = try batch.frames(0..<2), future = try batch.frames(2..<6)
        let trainer = try Trainer(VideoModel(smallNetwork, frame: waveFrame))
        for _ in 0..<3 {
            let error = try trainer.model.forecast(from: past, frames: 4).meanSquaredError(to: future)
            #expect(abs(try trainer.step(inputs: past, targets: future) - error) < 1e-6 * error)
        }
    }

    /// The memory for a batch is made anew for one of another shape.
    @Test func batchesMayChangeTheirShape() throws {
        let trainer = try Trainer(VideoModel(smallNetwork, frame: waveFrame))
        for (sequences, frames) in [(2, 4), (9, 4), (9, 6), (1, 3), (2, 4)] {
            let batch = try VideoBatch.waves(sequences, frames: frames)
            let error = try trainer.model.forecast(from: batch.frames(0..<2), frames: frames - 2)
                .meanSquaredError(to: batch.frames(2..<frames))
            let loss = try trainer.step(inputs: batch.frames(0..<2), targets: batch.frames(2..<frames))
            #expect(abs(loss - error) < 1e-6 * error)
        }
    }

    /// A model is a value, which a training that began with it does not change.
    @Test func theModelThatTrainingBeganWithStays() throws {
        let model = try VideoModel(smallNetwork, frame: waveFrame), copy = model
        let trainer = try Trainer(model), batch = try VideoBatch.waves(2, frames: 4)
        #expect(trainer.model == model)
        try trainer.step(inputs: batch.frames(0..<2), targets: batch.frames(2..<4))
        #expect(model == copy && trainer.model != model)
    }

    /// The rate of the next step is what a program set, and half the rate moves parameters half as far in the first.
    @Test func theLearningRateFollowsTheProgram() throws {
        let start = try VideoModel(smallNetwork, frame: waveFrame), batch = try VideoBatch.waves(2, frames: 4)
        func moved(at rate: Double) throws -> Double {
            let trainer = try Trainer(start)
            trainer.learningRate = rate
            try trainer.step(inputs: batch.frames(0..<2), targets: batch.frames(2..<4))
            return zip(start.parameters, trainer.model.parameters).reduce(0) { max($0, Double(abs($1.0 - $1.1))) }
        }
        #expect(abs(try moved(at: 0.02) - 0.02) < 1e-4)
        #expect(abs(try moved(at: 0.01) - 0.01) < 1e-4)
    }
}
