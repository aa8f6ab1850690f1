import Collectives
import Configuration
import ConvLSTM
import DataLoading
import Distribution
import Kernels
import Model
import Shards
import Supervision
import Testing
import Trainer

/// The library against the program: the same steps, bit for bit.
@Suite struct ProgramTrainingTests {
    /// A batch as the program reads data.
    private struct Source: SequenceSource {
        let batch: VideoBatch
        let valueRange: ClosedRange<Float> = 0...1
        var count: Int { batch.sequenceCount }
        var geometry: SequenceGeometry {
            SequenceGeometry(
                frames: batch.frameCount, height: batch.frame.height, width: batch.frame.width,
                channels: batch.frame.channels)
        }

        func read(sequence: Int, into values: inout MutableSpan<Float>) {
            for i in values.indices { values[i] = batch.values[sequence * values.count + i] }
        }
    }

    /// The program's training of eight virtual ranks: its losses, and its parameters at the end.
    private func programsTraining(
        _ batch: VideoBatch, inputFrames: Int, loss: Model.Loss, clipNorm: Double?, steps: Int
    ) throws -> (losses: [Double], parameters: ParameterVector<Float>) {
        var system = Presets.small
        system.network = try smallNetwork.description(frame: waveFrame)
        system.sequences = SequenceDescription(
            inputFrames: inputFrames, outputFrames: batch.frameCount - inputFrames)
        (system.loss, system.clipNorm) = (loss, clipNorm)
        let network = try Network<Float>(system.network, frame: waveFrame.feature)
        let virtualRanks = try VirtualRanks(8, threads: 2)
        let plan = StepPlan(
            system: system, network: network, virtualRanks: virtualRanks,
            shares: RankShares(virtualRanks, batch: batch.sequenceCount), source: Source(batch: batch),
            scale: ValueScale(0...1, maxValue: 1))
        let step = try TrainingStep(plan, on: plan.threadPool(), SoloCommunicator())
        var state = TrainingState(network, optimizer: system.optimizer, seed: 5)
        var weights = network.prepare(state.values)
        let sequences = Batch((0..<batch.sequenceCount).map { SequenceID($0) }, of: virtualRanks)
        let losses = try (0..<steps).map { number in
            let times = PhaseTimes()
            let (found, clipping) = try step.computeGradient(of: sequences, weights, step: number, times)
            weights = step.update(
                &state, along: found.gradient, clip: clipping.clip, with: StepHyperparameters(learningRate: 0.01), times
            )
            return found.loss.value
        }
        return (losses, state.values)
    }

    /// Also of fewer sequences than parts, and of parts of unlike sizes.
    @Test(arguments: [1, 3, 8, 13], ConvLSTM.Loss.allCases)
    func stepsHaveTheBitsOfEightVirtualRanks(sequences: Int, loss: ConvLSTM.Loss) throws {
        let batch = try VideoBatch.waves(sequences, frames: 5), clipNorm = sequences == 13 ? 0.01 : nil
        let trainer = try Trainer(
            VideoModel(smallNetwork, frame: waveFrame, seed: 5), loss: loss, optimizer: Adam(learningRate: 0.01),
            clipNorm: clipNorm, threads: 2)
        let losses = try (0..<3).map { _ in
            try trainer.step(inputs: batch.frames(0..<3), targets: batch.frames(3..<5))
        }
        let program = try programsTraining(
            batch, inputFrames: 3, loss: loss.evaluated, clipNorm: clipNorm, steps: 3)
        #expect(losses == program.losses)
        #expect(trainer.model == VideoModel(smallNetwork, frame: waveFrame, parameters: program.parameters))
    }

    /// The library's `small` is the program's preset.
    @Test func smallIsThePreset() throws {
        let frame = FrameShape(height: 64, width: 64)
        #expect(try EncoderForecaster.small.description(frame: frame) == Presets.small.network)
        #expect(try VideoModel(.small, frame: frame).parameterCount == 401_680)
    }
}
