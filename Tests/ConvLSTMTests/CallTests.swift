import ConvLSTM
import Foundation
import Testing

/// The sentence of the error that a call throws.
func sentence(_ call: () throws -> Void) throws -> String {
    let error = try #require(throws: ConvLSTMError.self, performing: call)
    #expect(error.localizedDescription == error.description)
    return error.description
}

/// Wrong calls end in one sentence each, and trap nothing.
@Suite struct CallTests {
    private func modelRefusal(_ network: EncoderForecaster, _ frame: FrameShape = waveFrame) throws -> String {
        try sentence { _ = try VideoModel(network, frame: frame) }
    }

    @Test func batchesThatAreNone() throws {
        func refusal(_ values: [Float], _ shape: [Int]) throws -> String {
            try sentence { _ = try VideoBatch(values, shape: shape) }
        }
        for shape in [[], [1, 1, 1, 1], [1, 0, 1, 1, 1], [-1, -1, 1, 1, 1], [1, 1, 1, 1, 1, 1]] {
            #expect(
                try refusal([1], shape)
                    == "a batch of shape \(shape) is none; give five axes of at least 1: sequences, frames, height, width, channels"
            )
        }
        for shape in [[1, 2, 1, 1, 1], [.max, .max, .max, .max, .max], [1 << 32, 1 << 32, 1, 1, 1]] {
            #expect(
                try refusal([1], shape)
                    == "a batch of shape \(shape) has another number of values than the 1 that are given; let the axes multiply "
                    + "to it")
        }
        #expect(
            try refusal([0, .nan], [1, 2, 1, 1, 1])
                == "value 1 of a batch is nan; replace such values before they are made a batch")
        #expect(try refusal([-.infinity], [1, 1, 1, 1, 1]).hasPrefix("value 0 of a batch is -inf"))
    }

    @Test func slicesThatAreNone() throws {
        let batch = try VideoBatch.waves(2, frames: 3)
        for range in [0..<4, -1..<2, 1..<1, .min..<Int.max] {
            #expect(
                try sentence { _ = try batch.frames(range) }
                    == "frames \(range) of a batch of 3 frames are none; choose some of 0..<3")
        }
        #expect(
            try sentence { _ = try batch.sequences(1..<3) }
                == "sequences 1..<3 of a batch of 2 sequences are none; choose some of 0..<2")
        #expect(
            try sentence { _ = try batch.meanSquaredError(to: batch.frames(0..<2)) }
                == "batches of shape [2, 3, 8, 6, 1] and [2, 2, 8, 6, 1] cannot be compared; give two of one shape")
    }

    @Test func networksThatAreNone() throws {
        for channels in [[], [0], [4, -1], [5000], [Int.max], Array(repeating: 1, count: 33)] {
            #expect(
                try modelRefusal(EncoderForecaster(hiddenChannels: channels))
                    == "hiddenChannels is \(channels); give 1 to 32 layers, each of 1 to 4096 channels")
        }
        for kernel in [0, 2, -3, 33, .max] {
            #expect(
                try modelRefusal(EncoderForecaster(hiddenChannels: [2], kernelSize: kernel))
                    == "kernelSize is \(kernel); choose an odd number from 1 to 31")
        }
        for patch in [0, -1, 3, 16, .max, .min] {
            #expect(
                try modelRefusal(EncoderForecaster(hiddenChannels: [2], patchSize: patch))
                    == "patchSize is \(patch) and frames are 8 x 6 x 1; choose a number that divides their height and width"
            )
        }
        for (height, width, channels) in [(0, 1, 1), (1, -1, 1), (1, 1, 0), (.max, .max, .max), (4096, 4097, 1)] {
            let frame = FrameShape(height: height, width: width, channels: channels)
            #expect(
                try modelRefusal(EncoderForecaster(hiddenChannels: [2]), frame)
                    == "there are no frames of \(frame); give a height, a width and channels of at least 1, and at most 16777216 "
                    + "values in all")
        }
        // What the layers refuse.
        #expect(
            try modelRefusal(
                EncoderForecaster(hiddenChannels: [4096, 4096], kernelSize: 31), FrameShape(height: 1, width: 1)
            ).hasPrefix("layer encoder1 would learn "))
    }

    /// The extremes that are allowed.
    @Test func networksThatAreLarge() throws {
        let tiny = FrameShape(height: 1, width: 1)
        let deep = try VideoModel(EncoderForecaster(hiddenChannels: .init(repeating: 1, count: 32)), frame: tiny)
        let wide = try VideoModel(EncoderForecaster(hiddenChannels: [1], kernelSize: 31), frame: tiny)
        let batch = try VideoBatch([0.5, 0.25], shape: [1, 2, 1, 1, 1])
        for model in [deep, wide] {
            #expect(try model.forecast(from: batch, frames: 2).shape == batch.shape)
            #expect(try Trainer(model).step(inputs: batch, targets: batch).isFinite)
        }
    }

    @Test func trainingsThatAreNone() throws {
        let model = try VideoModel(smallNetwork, frame: waveFrame)
        func refusal(_ optimizer: Adam = Adam(), clipNorm: Double? = nil, threads: Int? = nil) throws -> String {
            try sentence { _ = try Trainer(model, optimizer: optimizer, clipNorm: clipNorm, threads: threads) }
        }
        for rate in [0, -1, 1.5, .nan, .infinity] {
            #expect(
                try refusal(Adam(learningRate: rate))
                    == "the learning rate is \(rate); choose a number above 0 and at most 1")
        }
        for beta in [-0.1, 1, .nan] {
            #expect(try refusal(Adam(beta1: beta)) == "beta1 of Adam is \(beta); choose a number from 0 to below 1")
            #expect(try refusal(Adam(beta2: beta)) == "beta2 of Adam is \(beta); choose a number from 0 to below 1")
        }
        for epsilon in [0, -1, 2, .nan, 1e-300] {
            #expect(
                try refusal(Adam(epsilon: epsilon)) == "epsilon of Adam is \(epsilon); choose a number from 1e-16 to 1")
        }
        for norm in [0, -1, .nan, .infinity] {
            #expect(
                try refusal(clipNorm: norm)
                    == "clipNorm is \(norm); choose a positive number, or leave it out for no limit")
        }
        for threads in [0, -1, 513, .max] {
            #expect(
                try refusal(threads: threads)
                    == "threads is \(threads); choose 1 to 512, or leave it out for one per core")
        }
    }

    @Test func stepsThatCannotBeMade() throws {
        let trainer = try Trainer(VideoModel(smallNetwork, frame: waveFrame), loss: .binaryCrossEntropy)
        let batch = try VideoBatch.waves(2, frames: 3), before = trainer.model
        let other = try VideoBatch([1, 1], shape: [2, 1, 1, 1, 1])
        #expect(
            try sentence { try trainer.step(inputs: other, targets: batch) }
                == "the inputs are frames of 1 x 1 x 1 and the model's are 8 x 6 x 1; give such, or make another model")
        #expect(
            try sentence { try trainer.step(inputs: batch, targets: other) }
                == "the targets are frames of 1 x 1 x 1 and the model's are 8 x 6 x 1; give such, or make another model"
        )
        #expect(
            try sentence { try trainer.step(inputs: batch, targets: batch.sequences(0..<1)) }
                == "there are inputs of 2 sequences and targets of 1; give as many of both")
        let large = try VideoBatch(batch.values.map { 2 * $0 }, shape: batch.shape)
        let first = try #require(large.values.firstIndex { $0 > 1 })
        #expect(
            try sentence { try trainer.step(inputs: batch, targets: large) }
                == "value \(first) of the targets is \(large.values[first]), and a binary cross entropy is of values from 0 to 1; "
                + "scale them, or choose meanSquaredError")
        trainer.learningRate = .nan
        #expect(
            try sentence { try trainer.step(inputs: batch, targets: batch) }
                == "the learning rate is nan; choose a number above 0 and at most 1")
        #expect(trainer.model == before && trainer.stepCount == 0)
    }

    /// Numbers at the end of what a Float holds make a loss that is none, and no step.
    @Test func aStepThatIsNotFiniteIsNotMade() throws {
        var network = smallNetwork
        network.outputActivation = .linear
        let trainer = try Trainer(VideoModel(network, frame: waveFrame)), batch = try VideoBatch.waves(2, frames: 3)
        let huge = try VideoBatch(batch.values.map { _ in 3e38 }, shape: batch.shape), before = trainer.model
        let said = try sentence { try trainer.step(inputs: batch, targets: huge) }
        #expect(said.hasPrefix("the loss of step 1 is inf and the norm of its gradient "))
        #expect(
            said.hasSuffix(
                ", so it is not made; go back to a model that was saved before, and lower the learning rate or set clipNorm"
            ))
        #expect(trainer.model == before && trainer.stepCount == 0)
        // Huge inputs are no error: gates saturate.
        #expect(try trainer.step(inputs: huge, targets: batch).isFinite)
    }

    @Test func forecastsThatAreNone() throws {
        let model = try VideoModel(smallNetwork, frame: waveFrame), batch = try VideoBatch.waves(2, frames: 3)
        for frames in [0, -1, 100_001, .max, .min] {
            let said = "a forecast of \(frames) frames is none; forecast 1 to 100000"
            #expect(try sentence { _ = try model.forecast(from: batch, frames: frames) } == said)
            #expect(try sentence { _ = try batch.lastFrame(repeated: frames) } == said)
        }
        #expect(
            try sentence { _ = try model.forecast(from: batch, frames: 1, threads: 0) }
                == "threads is 0; choose 1 to 512, or leave it out for one per core")
        #expect(
            try sentence { _ = try model.forecast(from: VideoBatch([1], shape: [1, 1, 1, 1, 1]), frames: 1) }
                == "the inputs are frames of 1 x 1 x 1 and the model's are 8 x 6 x 1; give such, or make another model")
    }

    /// What does not fit into memory is refused before any of it is taken.
    @Test func whatDoesNotFitIntoMemory() throws {
        let frame = FrameShape(height: 1024, width: 1024)
        let model = try VideoModel(EncoderForecaster(hiddenChannels: [64]), frame: frame)
        let still = try VideoBatch([Float](repeating: 0, count: 1 << 20), shape: [1, 1, 1024, 1024, 1])
        let forecast = try sentence { _ = try model.forecast(from: still, frames: 100_000) }
        #expect(forecast.hasPrefix("forecasts of 100000 frames of 1 sequences at once would take "), "\(forecast)")
        #expect(forecast.hasSuffix("; choose a smaller network, fewer sequences at once, or fewer frames"))
        let network = EncoderForecaster(hiddenChannels: .init(repeating: 3600, count: 32))
        let said = try sentence { _ = try VideoModel(network, frame: FrameShape(height: 1, width: 1)) }
        #expect(said.hasPrefix("a network of this size would take "), "\(said)")
    }
}
