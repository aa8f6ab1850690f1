import Kernels
import Model
import NetworkTestSupport
import Testing

/// Networks that read their own output: every gradient through every cycle.
@Suite struct FeedbackTests {
    private let frame = FeatureShape(height: 5, width: 3, channels: 2)

    private func cell(_ name: String, _ hidden: Int = 3, state: String? = nil) -> LayerDescription {
        LayerDescription(
            name,
            .convLSTM(ConvLSTMDescription(hidden: hidden, kernel: 3, peepholes: .perPosition, initialState: state)))
    }

    private var readout: LayerDescription {
        LayerDescription("readout", .convolution(ConvolutionDescription(filters: 2, kernel: 1)))
    }

    private var nextFrame: NetworkDescription {
        NetworkDescription(encoder: [cell("one"), cell("two")], readout: [readout])
    }

    private var previousFrame: NetworkDescription {
        NetworkDescription(
            encoder: [cell("e")], forecaster: [cell("f", state: "e")], forecasterInput: .previousFrame,
            readout: [readout])
    }

    /// Mixed true and own frames, all true, and all own.
    private static let choices: [@Sendable (Int) -> Bool] = [{ $0 % 3 == 0 }, { _ in true }, { _ in false }]

    @Test(arguments: 0..<3, [1, 2, 3]) func outputsThatAreReadAgain(choice: Int, forecastOffset: Int) throws {
        let checked = try CheckedNetwork(
            nextFrame, frame: frame, inputFrames: 3, outputFrames: 7, forecastOffset: forecastOffset,
            readsTrueFrames: Self.choices[choice])
        let worst = checked.worstError
        #expect(worst.error < 1e-6, "\(worst.name)")
    }

    @Test(arguments: 0..<3, Convolution3DDescription.TimePadding.allCases)
    func readoutsOverTimeThatAreReadAgain(choice: Int, timePadding: Convolution3DDescription.TimePadding) throws {
        let readout = Convolution3DDescription(filters: 2, kernel: 3, kernelTime: 3, timePadding: timePadding)
        for forecastOffset in [1, 3] {
            let checked = try CheckedNetwork(
                NetworkDescription(encoder: [cell("one")], readout: [LayerDescription("out", .convolution3D(readout))]),
                frame: frame, inputFrames: 3, outputFrames: 6, forecastOffset: forecastOffset,
                readsTrueFrames: Self.choices[choice])
            let worst = checked.worstError
            #expect(worst.error < 1e-6, "\(worst.name)")
        }
    }

    @Test(arguments: 0..<3) func forecastersThatReadThePreviousFrame(choice: Int) throws {
        let checked = try CheckedNetwork(
            previousFrame, frame: frame, inputFrames: 3, outputFrames: 4, readsTrueFrames: Self.choices[choice])
        let worst = checked.worstError
        #expect(worst.error < 1e-6, "\(worst.name)")
    }

    /// The mask of true frames is read as it is, that of own frames is 1, and nothing is learned from it.
    @Test(arguments: 0..<3) func framesWithAMaskThatAreReadAgain(choice: Int) throws {
        for var network in [nextFrame, previousFrame] {
            network.inputs = .init(mask: true)
            let checked = try CheckedNetwork(
                network, frame: frame, inputFrames: 3, outputFrames: 5, readsTrueFrames: Self.choices[choice])
            #expect(checked.unrolled.input.shape.last == 3 && checked.unrolled.output.shape.last == 2)
            let worst = checked.worstError
            #expect(worst.error < 1e-6, "\(worst.name)")
        }
    }

    /// A network computes the same from its own frames as from true ones that equal them and are wholly observed.
    @Test func ownFramesAreObserved() throws {
        var network = previousFrame
        network.inputs = .init(mask: true)
        func output(_ own: Tensor<Double>?, mask: Double) throws -> Tensor<Double> {
            let checked = try CheckedNetwork(
                network, frame: frame, inputFrames: 3, outputFrames: 3, readsTrueFrames: { _ in own != nil })
            if let own {
                var input = checked.unrolled.input.mutableSpan
                let first = 3 * checked.unrolled.batch * frame.pixels, y = own.span
                for pixel in 0..<2 * checked.unrolled.batch * frame.pixels {
                    for channel in 0..<2 { input[(first + pixel) * 3 + channel] = y[pixel * 2 + channel] }
                    input[(first + pixel) * 3 + 2] = mask
                }
            }
            _ = checked.evaluate(withGradient: false)
            return checked.unrolled.output
        }
        let free = try output(nil, mask: 1)
        #expect(worstDifference(free, try output(free, mask: 1)) < 1e-12)
        #expect(worstDifference(free, try output(free, mask: 0)) > 1e-4)
    }

    @Test func forecastersThatReadTheirOwnLastHiddenState() throws {
        let checked = try CheckedNetwork(
            NetworkDescription(
                encoder: [cell("e1", 2), cell("e2", 3)], forecaster: [cell("f1", 4), cell("f2", 3)],
                forecasterInput: .lastHidden, readout: [readout]),
            frame: frame, inputFrames: 3, outputFrames: 4)
        let worst = checked.worstError
        #expect(worst.error < 1e-6, "\(worst.name)")
    }

    /// A sequence that reads true frames is computed as with teacher forcing, whatever the other sequence reads.
    @Test func eachSequenceReadsWhatItIsToldTo() throws {
        for network in [nextFrame, previousFrame] {
            let forecastOffset = network.forecaster.isEmpty ? 1 : 3
            func outputs(_ choose: (Int) -> Bool) throws -> Tensor<Double> {
                let checked = try CheckedNetwork(
                    network, frame: frame, inputFrames: 3, outputFrames: 6, forecastOffset: forecastOffset,
                    readsTrueFrames: choose)
                _ = checked.evaluate(withGradient: false)
                return checked.unrolled.output
            }
            let (forced, free, mixed) = try (outputs { _ in true }, outputs { _ in false }, outputs { $0 % 2 == 0 })
            for step in 0..<6 {
                #expect(worstDifference(mixed[step][0], forced[step][0]) < 1e-12)
                #expect(worstDifference(mixed[step][1], free[step][1]) < 1e-12)
            }
            #expect(worstDifference(forced[5], free[5]) > 1e-3)
        }
    }

    @Test func whatDoesNotFitIsSaid() throws {
        let hidden = NetworkDescription(
            encoder: [cell("e", 2)], forecaster: [cell("f", 3)], forecasterInput: .lastHidden, readout: [readout])
        #expect(throws: ModelError.self) { try Network<Float>(hidden, frame: frame) }
        let network = try Network<Float>(previousFrame, frame: frame)
        for wrong in [(1, 3, 1), (3, 3, 1), (3, 0, 3), (3, 3, 4)] {
            #expect(throws: ModelError.self) {
                try UnrolledNetwork(
                    network, batch: 1, Unrolling(inputFrames: wrong.0, outputFrames: wrong.1, forecastOffset: wrong.2))
            }
        }
    }
}
